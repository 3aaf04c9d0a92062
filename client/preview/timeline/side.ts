import { labelOf } from '../../../server/src/cost/figures/quantities.ts';
import { formatFraction, formatSeconds } from '../../../server/src/cost/numbers.ts';
import type { PreviewTimeline, TimelineOperation } from '../../../server/src/services/preview/timelineProtocol.ts';
import { button, type Child, element, hiddenText, replaceChildren } from '../dom.ts';
import { headOf, scrolling } from '../tables.ts';
import { type Description, sumOperations } from './describe.ts';
import type { LayerKind } from './layers.ts';
import type { Layout } from './layout.ts';
import type { Passes } from './passes.ts';

export interface SideActions {
  /** Selects the text that a lane or an operation comes from. */
  reveal(source: string): void;
  chooseLane(lane: number): void;
}

export interface SideShown {
  readonly timeline: PreviewTimeline;
  readonly layout: Layout;
  readonly passes: Passes;
  /** The lane whose operations are listed. */
  readonly lane: number;
  readonly selected: Description | undefined;
  readonly highlighted: ReadonlySet<string>;
  /** The layer whose operations are listed, where one is shown, instead of all of the lane. */
  readonly layer?: LayerKind | undefined;
}

/** The same as the picture in words and tables, for the keyboard, for screen readers, and for exact numbers. */
export class Side {
  readonly root = element('aside', { class: 'timeline-side', 'aria-label': 'The step in numbers' });
  private readonly details = element('section', { class: 'timeline-details', 'aria-label': 'Selected slice' });
  private readonly step = element('section', { 'aria-label': 'Step' });
  private readonly stages = element('section', {});
  private readonly operations = element('section', {});
  private readonly actions: SideActions;

  constructor(actions: SideActions) {
    this.actions = actions;
    this.root.append(this.details, this.operations, this.step, this.stages);
  }

  show(shown: SideShown): void {
    this.showStep(shown);
    this.showStages(shown);
    if (shown.layer) this.showLayer(shown, shown.layer);
    else this.showOperations(shown);
    // Slices are selected in the picture of the step.
    this.details.hidden = shown.layer !== undefined;
    this.select(shown.selected);
  }

  select(selected: Description | undefined): void {
    if (!selected) {
      replaceChildren(
        this.details,
        element('p', { class: 'hint' }, 'Select a slice to see what it is. Arrow keys go from slice to slice.'),
      );
      return;
    }
    replaceChildren(
      this.details,
      element('h2', {}, selected.title),
      facts(selected.rows),
      button('Show source', { class: 'show-source' }, () => this.actions.reveal(selected.source)),
    );
  }

  private showStep({ timeline }: SideShown): void {
    replaceChildren(
      this.step,
      element('h2', {}, timeline.label),
      facts(timeline.facts),
      ...timeline.notes.map((note) => element('p', { class: 'hint' }, note)),
    );
  }

  private showStages({ timeline, highlighted, lane: chosen }: SideShown): void {
    const names = timeline.lanes[0]?.facts.map(([name]) => name) ?? [];
    const rows = timeline.lanes.map(({ label, gpus, facts: laneFacts, source }, index) =>
      element(
        'tr',
        { class: highlighted.has(source) && 'at-cursor' },
        element(
          'th',
          { scope: 'row' },
          button(label, { class: 'text-link', 'aria-pressed': String(index === chosen) }, () =>
            this.actions.chooseLane(index),
          ),
          element('span', { class: 'gpus' }, gpus),
          highlighted.has(source) && hiddenText(', at the cursor in the text'),
        ),
        ...laneFacts.map(([, value]) => element('td', {}, value)),
      ),
    );
    replaceChildren(
      this.stages,
      element('h2', {}, 'Stages, in shares of the step'),
      scrolling(
        'Stages, in shares of the step',
        element('table', {}, headOf(['Stage', ...names]), element('tbody', {}, ...rows)),
      ),
    );
  }

  /** The operations of one layer, in time. */
  private showLayer(
    { timeline, layout, lane, highlighted }: SideShown,
    { name, layers, bars, length }: LayerKind,
  ): void {
    const placed = layout.lanes[lane];
    const rows = bars.flatMap(({ operation: index, stream, start, end, exposed, isOther }): Child[] => {
      const operation = timeline.operations[index];
      if (!operation || !placed || isOther) return [];
      return [
        operationRow(operation, `${placed.lane.source}/${operation.key}`, highlighted, this.actions, [
          formatSeconds((end - start) / 1e9),
          formatFraction((end - start) / length),
          stream === 'communication' ? formatSeconds(exposed / 1e9) : '',
        ]),
      ];
    });
    const title = layers.length > 1 ? `Operations of one ${name}` : `Operations of the ${name}`;
    this.list(title, ['Takes', 'Share', 'Exposed', 'Bound by'], rows);
  }

  private showOperations({ timeline, layout, passes, lane, highlighted }: SideShown): void {
    const placed = layout.lanes[lane];
    const rows = sumOperations(layout, passes, lane).flatMap(({ operation: index, times, time }): Child[] => {
      const operation = timeline.operations[index];
      if (!operation || !placed) return [];
      return [
        operationRow(operation, `${placed.lane.source}/${operation.key}`, highlighted, this.actions, [
          times.toLocaleString('en-US'),
          formatSeconds(time / 1e9),
          formatFraction(time / timeline.end),
        ]),
      ];
    });
    const title = timeline.lanes.length > 1 ? `Operations of ${placed?.lane.label ?? ''}` : 'Operations';
    this.list(title, (['times', 'timePerStep', 'shareOfStep', 'bound'] as const).map(labelOf), rows);
  }

  private list(title: string, columns: readonly string[], rows: readonly Child[]): void {
    const table = element(
      'table',
      { class: 'operations' },
      headOf(['Operation', ...columns]),
      element('tbody', {}, ...rows),
    );
    replaceChildren(this.operations, element('h2', {}, title), scrolling(title, table));
  }
}

/** A row of a table of operations: its name, which leads to its text, some numbers, and what bounds it. */
function operationRow(
  { label, kind, facts: known }: TimelineOperation,
  source: string,
  highlighted: ReadonlySet<string>,
  { reveal }: SideActions,
  numbers: readonly string[],
): HTMLElement {
  const isMarked = highlighted.has(source);
  return element(
    'tr',
    { class: isMarked && 'at-cursor' },
    element(
      'th',
      { scope: 'row' },
      element(
        'span',
        { class: 'operation-name' },
        element('span', { class: `swatch ${kind}`, 'aria-hidden': 'true' }),
        button(label, { class: 'text-link' }, () => reveal(source)),
      ),
      isMarked && hiddenText(', at the cursor in the text'),
    ),
    ...numbers.map((number) => element('td', {}, number)),
    element('td', { class: 'bound' }, known.find(([name]) => name === 'Bound by')?.[1] ?? ''),
  );
}

function facts(rows: readonly (readonly [string, string])[]): HTMLElement {
  return element(
    'dl',
    {},
    ...rows.map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
  );
}
