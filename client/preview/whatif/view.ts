import { labelOf } from '../../../server/src/cost/figures/quantities.ts';
import type { Failed, FromPage, ToPage, WhatIfChanges } from '../../../server/src/services/preview/messages.ts';
import type { WhatIfAnswer } from '../../../server/src/services/preview/whatIfProtocol.ts';
import { changeTable } from '../changeTable.ts';
import { CurvesPanel } from '../curves/panel.ts';
import { button, type Child, element, replaceChildren, setAttributes } from '../dom.ts';
import { prose, spoken } from '../prose.ts';
import type { Shown } from '../state.ts';
import type { Tooltips } from '../tooltip.ts';
import type { Page, View } from '../view.ts';
import { headline } from './headline.ts';
import { Knob } from './knob.ts';
import { Options } from './options.ts';
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
  private readonly seen = element('div', { class: 'whatif-headline' });
  private readonly results = element('div', { class: 'results' });
  private readonly options = new Options((name, value) => this.change(name, value));
  private readonly curves: CurvesPanel;
  private readonly status = element('p', { class: 'whatif-status', role: 'status' });
  private readonly spoken = element('div', { class: 'visually-hidden', 'aria-live': 'polite' });
  private knobs = new Map<string, Knob>();
  private deployment = '';
  private model: unknown;
  private changes: WhatIfChanges = {};
  /** Counts questions, so that an answer to an earlier one is not shown. */
  private asked = 0;
  private answer: Answer | undefined;

  constructor({ tooltips, saved, post, changed }: Page) {
    this.tooltips = tooltips;
    this.triedBefore = saved.tried;
    this.post = post;
    this.changed = changed;
    this.curves = new CurvesPanel({ post, tellsReasons: true, pick: (axis, value) => this.pick(axis, value) });
    this.root.append(
      element(
        'section',
        { class: 'whatif-form', 'aria-label': 'What if' },
        element(
          'div',
          { class: 'whatif-values' },
          element('p', { class: 'hint' }, 'The text stays as it is until you write.'),
          this.form,
          this.options.root,
        ),
        element(
          'div',
          { class: 'whatif-actions' },
          element('span', { class: 'whatif-buttons' }, this.write, this.resetAll),
          this.writes,
          this.status,
        ),
      ),
      element(
        'section',
        { class: 'whatif-results', 'aria-label': 'What would change' },
        element('div', { class: 'whatif-seen' }, this.seen, this.curves.root),
        this.results,
      ),
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
      this.options.clear();
      replaceChildren(this.form);
    }
    this.ask();
  }

  receive(message: ToPage): void {
    this.curves.receive(message);
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
    const { deployment, changes } = this;
    this.post({ type: 'whatIf', deployment, changes, sequence: this.asked });
    const written = { label: 'as written', subject: { deployment, changes: {} }, color: 0 };
    const isChanged = Object.keys(changes).length > 0;
    this.curves.show(
      isChanged ? [written, { label: 'what if', subject: { deployment, changes }, color: 1 }] : [written],
    );
    this.render();
  }

  /** Takes the value of a point of the curves. */
  private pick(axis: string, value: number): void {
    const knob = this.shownKnobs().find(({ name }) => name === axis);
    if (!knob) return;
    this.change(axis, value === knob.written ? undefined : value);
    this.knobs.get(axis)?.put(value);
  }

  private change(name: string, value: number | string | undefined): void {
    const { [name]: _, ...others } = this.changes;
    this.changes = value === undefined ? others : { ...others, [name]: value };
    const shown = this.shownKnobs().find((knob) => knob.name === name);
    if (shown) {
      if (typeof value === 'number') this.knobs.get(name)?.show(shown, value);
      else this.knobs.get(name)?.put(shown.written);
    }
    this.status.textContent = '';
    this.ask();
  }

  private reset(): void {
    this.changes = {};
    for (const { name, written } of this.shownKnobs()) this.knobs.get(name)?.put(written);
    if (this.answer && 'options' in this.answer) this.showOptions(this.answer);
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

  private showOptions({ options }: WhatIfAnswer): void {
    this.options.show(options, (name) => {
      const tried = this.changes[name];
      return typeof tried === 'string' ? tried : undefined;
    });
  }

  private showKnobs(answer: WhatIfAnswer): void {
    const { knobs } = answer;
    // A text that is broken while it is typed has no knobs. The tried values come back together with the knobs.
    if (knobs.length === 0) return;
    const isSame = knobs.length === this.knobs.size && knobs.every(({ name }) => this.knobs.has(name));
    if (!isSame) {
      this.knobs = new Map(
        knobs.map((knob) => [knob.name, new Knob(knob, (name, value) => this.change(name, value))] as const),
      );
      replaceChildren(this.form, ...[...this.knobs.values()].map(({ root }) => root));
    }
    for (const knob of knobs) {
      const tried = this.changes[knob.name];
      this.knobs.get(knob.name)?.show(knob, typeof tried === 'number' ? tried : knob.written);
    }
    this.showOptions(answer);
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
    replaceChildren(this.seen, ...this.headline(answer, isChanged));
    const focused = this.focusedValue();
    replaceChildren(this.results, ...this.contents(answer));
    if (focused >= 0) this.values()[focused]?.focus();
    this.spoken.textContent = spokenOf(answer, isChanged);
  }

  /** The most important figures, or why there are none. */
  private headline(answer: Answer | undefined, isChanged: boolean): readonly Child[] {
    if (!answer) return [element('p', { class: 'hint' }, 'Computing …')];
    if ('failed' in answer)
      return [
        element('h2', {}, 'No answer'),
        element('p', { class: 'problem' }, '✗ ', ...prose(answer.failed)),
        button('Try again', {}, () => this.ask()),
      ];
    const { before, invalid } = answer;
    if (invalid === undefined) return headline(answer, isChanged);
    return [
      element('h2', {}, 'This cannot be computed'),
      element('p', { class: 'problem' }, '✗ ', ...prose(invalid)),
      before &&
        element('p', { class: 'hint' }, `As written: ${before.memory} on the fullest GPU. `, ...prose(before.limit)),
    ];
  }

  private contents(answer: Answer | undefined): readonly Child[] {
    if (!answer || 'failed' in answer || answer.invalid !== undefined) return [];
    const { rows, findings = [] } = answer;
    const { before, after } = answer;
    return [
      before &&
        after &&
        before.limit !== after.limit &&
        element('p', { class: 'hint' }, 'As written it is limited by: ', before.limit),
      ...(findings.length > 0
        ? [
            element('h2', {}, 'The checker would say'),
            element(
              'ul',
              { class: 'findings' },
              ...findings.map(({ severity, rule, message }) =>
                element('li', {}, element('strong', {}, `${severity}, ${rule}: `), ...prose(message)),
              ),
            ),
          ]
        : []),
      rows && element('h2', {}, 'All figures'),
      rows && changeTable('Figures', ['As written', 'What if'], rows, this.tooltips),
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
  const spokenLabels = (['throughput', 'latency', 'tpot'] as const).map(labelOf);
  const figures = (answer.rows ?? []).flatMap(({ label, after, change, verdict }) =>
    spokenLabels.includes(label) ? [`${label} ${after}${change === '' ? '' : `, ${change}, ${verdict}`}`] : [],
  );
  const memory = answer.after && `Memory ${answer.after.memory}, ${answer.after.fits ? 'fits' : 'does not fit'}`;
  return [...figures, memory].filter((part) => part !== undefined).join('. ');
}
