import type { Failed, FromPage, ToPage } from '../../../server/src/services/preview/messages.ts';
import type { WhatIfAnswer, WhatIfState } from '../../../server/src/services/preview/whatIfProtocol.ts';
import { changeTable } from '../changeTable.ts';
import { button, type Child, element, replaceChildren, setAttributes } from '../dom.ts';
import { prose, spoken } from '../prose.ts';
import type { Shown } from '../state.ts';
import type { Tooltips } from '../tooltip.ts';
import { verdict } from '../verdict.ts';
import type { Page, View } from '../view.ts';
import { Knob } from './knob.ts';
import type { Trial } from './trial.ts';

type Answer = WhatIfAnswer | Failed;

/** Values tried beside the prediction. The text changes only when the reader says so. */
export class WhatIfView implements View {
  readonly root = element('div', { class: 'whatif' });
  private readonly tooltips: Tooltips;
  private readonly post: (message: FromPage) => void;
  private readonly changed: () => void;
  /** The values that were tried before the page was left. */
  private triedBefore: Trial | undefined;
  private readonly form = element('div', { class: 'knobs', role: 'group', 'aria-label': 'Values to try' });
  private readonly resetAll = button('Reset all', {}, () => this.reset());
  private readonly write = button('Write this into the plan', { class: 'primary' }, () => this.writeChanges());
  private readonly writes = element('div', { class: 'writes' });
  private readonly results = element('div', { class: 'results' });
  private readonly status = element('p', { class: 'whatif-status', role: 'status' });
  private readonly spoken = element('div', { class: 'visually-hidden', 'aria-live': 'polite' });
  private knobs = new Map<string, Knob>();
  private deployment = '';
  private model: unknown;
  private changes: Readonly<Record<string, number>> = {};
  /** Counts questions, so that an answer to an earlier one is not shown. */
  private asked = 0;
  private answer: Answer | undefined;

  constructor({ tooltips, saved, post, changed }: Page) {
    this.tooltips = tooltips;
    this.triedBefore = saved.tried;
    this.post = post;
    this.changed = changed;
    this.root.append(
      element(
        'section',
        { class: 'whatif-form', 'aria-label': 'What if' },
        element('h2', {}, 'What if'),
        element('p', { class: 'hint' }, 'Try other values; the text stays as it is until you write them.'),
        this.form,
        element('div', { class: 'whatif-actions' }, this.resetAll, this.write),
        this.writes,
        this.status,
      ),
      element('section', { class: 'whatif-results', 'aria-label': 'What would change' }, this.results),
      this.spoken,
    );
  }

  show({ model, deployment }: Shown): void {
    const isOther = deployment.name !== this.deployment;
    if (!isOther && model === this.model) return;
    this.model = model;
    if (isOther) {
      this.deployment = deployment.name;
      this.changes = this.triedBefore?.deployment === deployment.name ? this.triedBefore.changes : {};
      this.triedBefore = undefined;
      this.answer = undefined;
      this.status.textContent = '';
      this.knobs.clear();
      replaceChildren(this.form);
    }
    this.ask();
  }

  receive(message: ToPage): void {
    if (message.type === 'whatIf') this.answered(message);
    else if (message.type === 'written') this.written(message);
  }

  private answered({ sequence, answer }: Extract<ToPage, { type: 'whatIf' }>): void {
    if (sequence !== this.asked) return;
    this.answer = answer;
    if (!('failed' in answer)) this.showKnobs(answer);
    this.render();
  }

  private written({ deployment, isDone, text }: Extract<ToPage, { type: 'written' }>): void {
    // If the reader has turned to another deployment meanwhile, its values are still being tried.
    if (deployment !== this.deployment) return;
    this.status.textContent = isDone ? `✓ ${text}` : `✗ Not written: ${text}`;
    this.status.classList.toggle('bad', !isDone);
    if (!isDone) return;
    this.changes = {};
    this.ask();
  }

  saved(): object {
    const { tried } = this;
    return tried ? { tried } : {};
  }

  private get tried(): Trial | undefined {
    const { deployment, changes } = this;
    return Object.keys(changes).length > 0 ? { deployment, changes } : this.triedBefore;
  }

  private ask(): void {
    this.asked += 1;
    this.changed();
    this.post({ type: 'whatIf', deployment: this.deployment, changes: this.changes, sequence: this.asked });
    this.render();
  }

  private change(name: string, value: number | undefined): void {
    const { [name]: _, ...others } = this.changes;
    this.changes = value === undefined ? others : { ...others, [name]: value };
    const shown = this.shownKnobs().find((knob) => knob.name === name);
    if (shown) {
      if (value === undefined) this.knobs.get(name)?.put(shown.written);
      else this.knobs.get(name)?.show(shown, value);
    }
    this.status.textContent = '';
    this.ask();
  }

  private reset(): void {
    this.changes = {};
    for (const { name, written } of this.shownKnobs()) this.knobs.get(name)?.put(written);
    this.status.textContent = '';
    this.ask();
  }

  private writeChanges(): void {
    if (this.write.getAttribute('aria-disabled') === 'true') return;
    this.post({ type: 'writeWhatIf', deployment: this.deployment, changes: this.changes });
  }

  private shownKnobs(): WhatIfAnswer['knobs'] {
    return this.answer && 'knobs' in this.answer ? this.answer.knobs : [];
  }

  private showKnobs({ knobs }: WhatIfAnswer): void {
    // A text that is broken while it is typed has no knobs. The tried values come back together with the knobs.
    if (knobs.length === 0) return;
    const isSame = knobs.length === this.knobs.size && knobs.every(({ name }) => this.knobs.has(name));
    if (!isSame) {
      this.knobs = new Map(
        knobs.map((knob) => [knob.name, new Knob(knob, (name, value) => this.change(name, value))] as const),
      );
      replaceChildren(this.form, ...[...this.knobs.values()].map(({ root }) => root));
    }
    for (const knob of knobs) this.knobs.get(knob.name)?.show(knob, this.changes[knob.name] ?? knob.written);
  }

  private render(): void {
    const { answer } = this;
    const isChanged = Object.keys(this.changes).length > 0;
    setAttributes(this.results, { 'aria-busy': String(answer === undefined) });
    setAttributes(this.resetAll, { disabled: !isChanged });
    const writes = answer && 'writes' in answer ? answer.writes : undefined;
    const canWrite = isChanged && writes !== undefined && 'lines' in writes;
    setAttributes(this.write, { 'aria-disabled': canWrite ? undefined : 'true', 'aria-describedby': 'writes' });
    this.writes.id = 'writes';
    replaceChildren(this.writes, ...writesOf(answer, isChanged));
    const focused = this.focusedValue();
    replaceChildren(this.results, ...this.contents(answer));
    if (focused >= 0) this.values()[focused]?.focus();
    this.spoken.textContent = spokenOf(answer, isChanged);
  }

  private contents(answer: Answer | undefined): readonly Child[] {
    if (!answer) return [element('p', { class: 'hint' }, 'Computing …')];
    if ('failed' in answer)
      return [
        element('h2', {}, 'No answer'),
        element('p', { class: 'problem' }, '✗ ', ...prose(answer.failed)),
        button('Try again', {}, () => this.ask()),
      ];
    const { before, after, rows, invalid, findings = [] } = answer;
    if (invalid !== undefined)
      return [
        element('h2', {}, 'This cannot be computed'),
        element('p', { class: 'problem' }, '✗ ', ...prose(invalid)),
        before &&
          element('p', { class: 'hint' }, `As written: ${before.memory} on the fullest GPU. `, ...prose(before.limit)),
      ];
    return [
      ...(before && after ? states(before, after) : []),
      rows && changeTable('Figures', ['As written', 'What if'], rows, this.tooltips),
      ...(findings.length > 0
        ? [
            element('h3', {}, 'The checker would say'),
            element(
              'ul',
              { class: 'findings' },
              ...findings.map(({ severity, rule, message }) =>
                element('li', {}, element('strong', {}, `${severity}, ${rule}: `), ...prose(message)),
              ),
            ),
          ]
        : []),
    ];
  }

  private values(): readonly HTMLElement[] {
    return [...this.results.querySelectorAll<HTMLElement>('.value')];
  }

  private focusedValue(): number {
    const { activeElement } = document;
    return activeElement instanceof HTMLElement ? this.values().indexOf(activeElement) : -1;
  }
}

/** Memory of the fullest GPU as a bar against its capacity, and what limits a step, before and after. */
function states(before: WhatIfState, after: WhatIfState): readonly Child[] {
  const most = Math.max(before.memoryBytes, after.memoryBytes, before.capacityBytes, after.capacityBytes);
  const bar = (label: string, { memoryBytes, capacityBytes, memory, fits }: WhatIfState) => {
    const filled = element('span', { class: 'gauge-filled' });
    filled.style.width = `${(100 * memoryBytes) / most}%`;
    const over = !fits && element('span', { class: 'over' });
    if (over) {
      over.style.left = `${(100 * capacityBytes) / most}%`;
      over.style.width = `${(100 * (memoryBytes - capacityBytes)) / most}%`;
    }
    const limit = element('span', { class: 'gauge-limit' });
    limit.style.left = `${(100 * capacityBytes) / most}%`;
    return element(
      'div',
      { class: 'gauge' },
      element('span', { class: 'gauge-label' }, label),
      element('span', { class: 'gauge-track', 'aria-hidden': 'true' }, filled, over, limit),
      element('span', { class: 'gauge-text' }, memory),
      verdict(fits, fits ? 'fits' : 'does not fit'),
    );
  };
  return [
    element('h2', {}, 'Memory of the fullest GPU'),
    bar('As written', before),
    bar('What if', after),
    element('h2', {}, 'Limited by'),
    ...(before.limit === after.limit
      ? [element('p', {}, after.limit)]
      : [
          element('p', {}, element('span', { class: 'gauge-label' }, 'As written'), before.limit),
          element('p', {}, element('span', { class: 'gauge-label' }, 'What if'), after.limit),
        ]),
    element('h2', {}, 'Figures'),
  ];
}

function writesOf(answer: Answer | undefined, isChanged: boolean): readonly Child[] {
  if (!isChanged || !answer || 'failed' in answer || answer.invalid !== undefined || !answer.writes) return [];
  const { writes } = answer;
  if ('refused' in writes)
    return [element('p', { class: 'problem' }, '✗ Cannot be written: ', ...prose(writes.refused), '.')];
  return [
    element('p', { class: 'hint' }, 'Writing it sets:'),
    element('ul', {}, ...writes.lines.map((line) => element('li', {}, line))),
  ];
}

/** What a listener needs to hear after each move of a slider: only the most important figures, in one sentence. */
function spokenOf(answer: Answer | undefined, isChanged: boolean): string {
  if (!answer || !isChanged) return '';
  if ('failed' in answer) return `No answer: ${spoken(answer.failed)}`;
  if (answer.invalid !== undefined) return `This cannot be computed: ${spoken(answer.invalid)}`;
  const spokenLabels = ['Throughput', 'Latency', 'Time per output token'];
  const figures = (answer.rows ?? []).flatMap(({ label, after, change, verdict }) =>
    spokenLabels.includes(label) ? [`${label} ${after}${change === '' ? '' : `, ${change}, ${verdict}`}`] : [],
  );
  const memory = answer.after && `Memory ${answer.after.memory}, ${answer.after.fits ? 'fits' : 'does not fit'}`;
  return [...figures, memory].filter((part) => part !== undefined).join('. ');
}
