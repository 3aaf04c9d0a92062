import { element } from './dom.ts';

interface Step {
  readonly id: string;
  readonly label: string;
}

/** Chooses one of the steps of a deployment; alone it is a title. */
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

  /** Chooses a step that is to come. */
  want(id: string): void {
    this.wanted = id;
  }

  /** Keeps the choice where there still is such a step. */
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
