import { element } from './dom.ts';

interface Step {
  readonly id: string;
  readonly label: string;
}

/** Chooses one of the steps of a deployment. A single step is shown as a title. */
export class StepChooser {
  readonly root = element('span', { class: 'step-chooser' });
  private readonly select: HTMLSelectElement;
  private readonly title = element('strong', {});
  private wanted = '';

  constructor(label: string, changed: () => void) {
    this.select = element('select', { 'aria-label': label });
    this.select.addEventListener('change', () => {
      this.wanted = this.select.value;
      changed();
    });
    this.root.append(this.select, this.title);
  }

  /** Sets the choice to a step that will be shown later. */
  want(id: string): void {
    this.wanted = id;
  }

  /** Shows the steps. The choice stays if that step still exists. */
  show(steps: readonly Step[]): void {
    const current = this.chosen(steps);
    this.select.hidden = steps.length < 2;
    this.title.hidden = steps.length >= 2;
    this.title.textContent = current?.label ?? '';
    this.select.replaceChildren(
      ...steps.map(({ id, label }) => element('option', { value: id, selected: id === current?.id }, label)),
    );
  }

  chosen<Kind extends Step>(steps: readonly Kind[]): Kind | undefined {
    return steps.find(({ id }) => id === this.wanted) ?? steps[0];
  }
}
