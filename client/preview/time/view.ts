import type { ToPage } from '../../../server/src/services/preview/messages.ts';
import type {
  TimeBar,
  TimeDetails,
  TimeOperation,
  TimePart,
} from '../../../server/src/services/preview/timeProtocol.ts';
import type { PreviewView } from '../../../server/src/services/preview/views.ts';
import { element, replaceChildren } from '../dom.ts';
import type { Shown } from '../state.ts';
import type { Page, View } from '../view.ts';
import { bars, type Other } from './bars.ts';
import { parts, worthTrying } from './parts.ts';

/** Where the time goes: a bar for a request and for each step, and the parts of one of them in a list. */
export class TimeView implements View {
  readonly root = element('div', { class: 'time' });
  private readonly page: Page;
  private readonly left = element('section', { class: 'time-left', 'aria-labelledby': 'time-title' });
  private readonly right = element('section', { class: 'time-right', 'aria-labelledby': 'time-parts-title' });
  private shown: Shown | undefined;
  /** What is drawn, as text. An edit that changes none of it leaves focus and scrolling alone. */
  private text = '';
  private chosen = '';
  private open: ReadonlySet<string> = new Set();
  private details: TimeDetails | undefined;
  /** Counts questions, so that an answer to an earlier one is not shown. */
  private asked = 0;
  private askedOf: unknown;

  constructor(page: Page) {
    this.page = page;
    this.root.append(this.left, this.right);
  }

  show(shown: Shown): void {
    const isOther = shown.deployment.name !== this.shown?.deployment.name;
    this.shown = shown;
    if (isOther) {
      this.details = undefined;
      this.open = new Set();
      this.chosen = '';
    }
    if (!this.bar) this.chosen = limitingOf(shown.deployment.time.bars)?.id ?? '';
    if (isOther || this.askedOf !== shown.model) this.ask(shown);
    this.render();
  }

  receive(message: ToPage): void {
    if (message.type !== 'time' || message.sequence !== this.asked || 'failed' in message.answer) return;
    this.details = message.answer;
    this.render();
  }

  private ask({ model, deployment }: Shown): void {
    this.askedOf = model;
    this.asked += 1;
    this.page.post({ type: 'time', deployment: deployment.name, sequence: this.asked });
  }

  private get bar(): TimeBar | undefined {
    return this.shown?.deployment.time.bars.find(({ id }) => id === this.chosen);
  }

  private render(): void {
    const { shown, bar, details, chosen, open } = this;
    if (!shown) return;
    const { time, name } = shown.deployment;
    const others = shown.model.deployments.filter((other) => other.name !== name);
    const text = JSON.stringify([
      name,
      time,
      details,
      chosen,
      [...open],
      others.map((other) => [other.name, other.time]),
    ]);
    if (text === this.text) return;
    this.text = text;
    const focused = focusOf(this.root);
    const { tooltips } = this.page;
    tooltips.leave(this.root);
    const othersOf = (own: TimeBar): readonly Other[] =>
      others.flatMap((other) => {
        const same = sameBar(own, other.time.bars);
        return same ? [{ name: other.name, bar: same }] : [];
      });
    replaceChildren(
      this.left,
      element('h2', { id: 'time-title' }, 'Where the time goes'),
      worthTrying(details?.marks ?? [], time.bars.length > 1, tooltips),
      bars(name, time, chosen, othersOf, tooltips, {
        choose: (id) => this.choose(id),
        choosePart: (id, part) => this.choosePart(id, part),
      }),
    );
    replaceChildren(
      this.right,
      element('h2', { id: 'time-parts-title' }, bar?.label ?? 'Parts'),
      bar &&
        parts(bar, open, details, tooltips, {
          toggle: (key) => this.toggle(key),
          open: (view, operation) => this.openIn(view, operation),
          reveal: (operation) => this.reveal(operation),
        }),
    );
    focused(this.root);
  }

  private choose(id: string): void {
    this.chosen = id;
    this.open = new Set();
    this.render();
  }

  /** A click on a part of a bar opens its row, and marks its largest operation in the text and in every view. */
  private choosePart(id: string, part: TimePart): void {
    if (id !== this.chosen) this.open = new Set();
    this.chosen = id;
    this.open = new Set([...this.open, part.kind]);
    this.render();
    this.root.querySelector(`.time-row[data-kind="${part.kind}"]`)?.scrollIntoView({ block: 'nearest' });
    const [largest] = part.operations;
    if (largest) this.reveal(largest);
  }

  private toggle(key: string): void {
    const open = new Set(this.open);
    if (!open.delete(key)) open.add(key);
    this.open = open;
    this.render();
  }

  private openIn(view: PreviewView, operation: TimeOperation): void {
    const { source } = operation;
    this.page.show(view, [`step/${this.chosen}`, ...(source === undefined ? [] : [source]), ...operation.nodes]);
  }

  private reveal({ source }: TimeOperation): void {
    if (this.shown && source !== undefined) this.page.reveal(this.shown.deployment.name, source);
  }
}

function limitingOf(all: readonly TimeBar[]): TimeBar | undefined {
  return all.find(({ isLimiting }) => isLimiting) ?? all[0];
}

/** The bar of the same step of the same pool, or else of the same phase. */
function sameBar({ id, label }: TimeBar, all: readonly TimeBar[]): TimeBar | undefined {
  const phaseOf = (of: string) => of.split('/').at(-1);
  return all.find((bar) => bar.id === id && bar.label === label) ?? all.find((bar) => phaseOf(bar.id) === phaseOf(id));
}

/** Puts the focus back on the control that stands where one had it before everything was drawn anew. */
function focusOf(root: HTMLElement): (redrawn: HTMLElement) => void {
  const controls = (of: HTMLElement) => [...of.querySelectorAll<HTMLElement>('button, [tabindex]')];
  const nameOf = (control: HTMLElement) => `${control.className} ${control.textContent}`;
  const focused = controls(root).find((control) => control === document.activeElement);
  const name = focused && nameOf(focused);
  return (redrawn) => {
    if (name === undefined) return;
    controls(redrawn)
      .find((control) => nameOf(control) === name)
      ?.focus({ preventScroll: true });
  };
}
