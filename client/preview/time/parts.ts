import type {
  Derivation,
  TimeBar,
  TimeDetails,
  TimeMark,
  TimeOperation,
  TimePart,
} from '../../../server/src/services/preview/timeProtocol.ts';
import type { PreviewView } from '../../../server/src/services/preview/views.ts';
import { button, element, hiddenText } from '../dom.ts';
import type { Tooltips } from '../tooltip.ts';

export interface PartActions {
  toggle(key: string): void;
  /** Shows an operation in a view, or selects its text. */
  open(view: PreviewView, operation: TimeOperation): void;
  reveal(operation: TimeOperation): void;
}

/** What is open in the list: parts by their kind, and formulas by their operation. */
export type OpenParts = ReadonlySet<string>;

/** The parts of a bar in rows, the largest first: share, time, what it waits for, and what changes would bring. */
export function parts(
  bar: TimeBar,
  open: OpenParts,
  details: TimeDetails | undefined,
  tooltips: Tooltips,
  actions: PartActions,
): HTMLElement {
  const marks = details?.marks ?? [];
  return element(
    'ul',
    { class: 'time-rows' },
    ...bar.parts.map((part) => {
      const isOpen = open.has(part.kind);
      return element(
        'li',
        { class: 'time-row', 'data-kind': part.kind },
        row(part, isOpen, () => actions.toggle(part.kind)),
        chips(
          marks.filter((mark) => partOf(mark, bar) === part),
          tooltips,
        ),
        isOpen &&
          part.operations.length > 0 &&
          element(
            'ul',
            { class: 'time-operations', id: `time-${part.kind}` },
            ...part.operations.map((operation) =>
              operationRow(operation, open, details?.derivations[`${bar.id} ${operation.id}`], actions),
            ),
          ),
      );
    }),
  );
}

/** A change stands once in a bar, beside the largest part that it is about; one of a single pool only in the bars of that pool. */
function partOf({ kinds, pool }: TimeMark, { id, parts: all }: TimeBar): TimePart | undefined {
  if (pool !== undefined && id !== 'request' && !id.startsWith(`${pool}/`)) return undefined;
  return all.find(({ kind }) => kinds.includes(kind));
}

function row(part: TimePart, isOpen: boolean, toggle: () => void): HTMLElement {
  const cells = [
    element('span', { class: `swatch time-${part.kind}`, 'aria-hidden': 'true' }),
    element('span', { class: 'time-label' }, part.label),
    element('span', { class: 'time-share' }, part.share),
    element('span', { class: 'time-seconds' }, part.text),
    element('span', { class: 'time-bound' }, part.bound),
  ];
  if (part.operations.length === 0) return element('div', { class: 'time-cells' }, ...spaced(cells));
  const node = button(
    '',
    { class: 'time-cells', 'aria-expanded': String(isOpen), ...(isOpen && { 'aria-controls': `time-${part.kind}` }) },
    toggle,
  );
  node.append(...spaced(cells));
  return node;
}

/** Listeners hear cells apart. */
function spaced(cells: readonly HTMLElement[]): readonly (HTMLElement | string)[] {
  return cells.flatMap((cell, index) => (index < 2 ? [cell] : [hiddenText(', '), cell]));
}

/** Most changes that are told before everything else. */
const MOST_TOLD = 3;

/** The changes that bring most, before the bars. */
export function worthTrying(marks: readonly TimeMark[], ofRequests: boolean, tooltips: Tooltips): HTMLElement | false {
  const list = chips(marks.slice(0, MOST_TOLD), tooltips);
  const what = ofRequests ? 'Worth trying, by latency' : 'Worth trying, by time of the step';
  return list && element('div', { class: 'time-worth' }, element('span', { class: 'hint' }, what), list);
}

function chips(marks: readonly TimeMark[], tooltips: Tooltips): HTMLElement | false {
  if (marks.length === 0) return false;
  const list = element('ul', { class: 'time-marks', 'aria-label': 'What if' });
  for (const { label, change, text, verdict } of marks) {
    const chip = element('span', { class: `time-mark ${verdict}` }, `${label}: `, element('strong', {}, change));
    tooltips.attach(chip, text);
    list.append(element('li', {}, chip));
  }
  return list;
}

function operationRow(
  operation: TimeOperation,
  open: OpenParts,
  derivation: Derivation | undefined,
  actions: PartActions,
): HTMLElement {
  const key = `by-hand ${operation.id}`;
  const isOpen = open.has(key);
  const { label, share, text, bound } = operation;
  const places: readonly (readonly [string, () => void])[] =
    operation.source === undefined
      ? []
      : [
          ['Timeline', () => actions.open('timeline', operation)],
          ['DAG', () => actions.open('dag', operation)],
          ['Text', () => actions.reveal(operation)],
        ];
  return element(
    'li',
    { class: 'time-operation' },
    element(
      'div',
      { class: 'time-cells' },
      ...spaced([
        element('span', {}),
        element('span', { class: 'time-label' }, label),
        element('span', { class: 'time-share' }, share),
        element('span', { class: 'time-seconds' }, text),
        element('span', { class: 'time-bound' }, bound),
      ]),
    ),
    element(
      'div',
      { class: 'time-places' },
      ...places.map(([name, run]) => {
        const node = button(name, {}, run);
        node.prepend(hiddenText(`${label}: `));
        return node;
      }),
      derivation &&
        button('By hand', { 'aria-expanded': String(isOpen), title: 'The formula, with its inputs' }, () =>
          actions.toggle(key),
        ),
    ),
    isOpen && derivation && byHand(derivation),
  );
}

/** A formula and what stands in it, a line each: `name = value`. */
function byHand({ formula, source, lines }: Derivation): HTMLElement {
  return element(
    'div',
    { class: 'time-by-hand' },
    element('code', { class: 'time-formula' }, formula),
    element(
      'ul',
      {},
      ...lines.map(({ name, value, meaning }) =>
        element(
          'li',
          {},
          element('code', {}, `${name} = ${value}`),
          meaning !== undefined && element('span', { class: 'hint' }, meaning),
        ),
      ),
    ),
    element('p', { class: 'hint' }, `Source: ${source}.`),
  );
}
