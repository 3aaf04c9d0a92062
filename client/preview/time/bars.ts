import type { PreviewTime, TimeBar, TimePart } from '../../../server/src/services/preview/timeProtocol.ts';
import { button, element, hiddenText } from '../dom.ts';
import type { Tooltips } from '../tooltip.ts';

/** The same step of another deployment of the file. */
export interface Other {
  readonly name: string;
  readonly bar: TimeBar;
}

export interface BarActions {
  choose(bar: string): void;
  choosePart(bar: string, part: TimePart): void;
}

/** Deployments that are drawn below a bar. The Compare view has all. */
const MOST_OTHERS = 4;

/** A bar for a request and one for each step, each on a scale with the same bars of the other deployments. */
export function bars(
  own: string,
  time: PreviewTime,
  chosen: string,
  othersOf: (bar: TimeBar) => readonly Other[],
  tooltips: Tooltips,
  actions: BarActions,
): HTMLElement {
  return element(
    'ul',
    { class: 'time-bars' },
    ...time.bars.map((bar) => {
      const others = othersOf(bar).slice(0, MOST_OTHERS);
      const longest = Math.max(bar.seconds, ...others.map((other) => other.bar.seconds));
      return element(
        'li',
        { class: bar.id === chosen ? 'time-bar chosen' : 'time-bar' },
        title(bar, chosen, tooltips, actions),
        element(
          'ul',
          { class: others.length > 0 ? 'time-tracks compared' : 'time-tracks' },
          row(others.length > 0 ? own : '', bar, longest, tooltips, (part) => actions.choosePart(bar.id, part)),
          ...others.map((other) => row(other.name, other.bar, longest, tooltips)),
        ),
      );
    }),
  );
}

function title(bar: TimeBar, chosen: string, tooltips: Tooltips, { choose }: BarActions): HTMLElement {
  const name = button(bar.label, { class: 'time-name', 'aria-pressed': String(bar.id === chosen) }, () =>
    choose(bar.id),
  );
  const total = element('span', { class: 'time-total' }, bar.text);
  tooltips.attach(total, bar.tooltip);
  return element(
    'div',
    { class: 'time-title' },
    name,
    total,
    bar.band !== undefined && element('span', { class: 'band' }, bar.band),
    bar.load !== undefined && element('span', { class: 'time-load' }, bar.load),
    bar.isLimiting && element('span', { class: 'time-limits' }, 'limits'),
  );
}

function row(
  name: string,
  bar: TimeBar,
  longest: number,
  tooltips: Tooltips,
  choose?: (part: TimePart) => void,
): HTMLElement {
  return element(
    'li',
    { class: choose ? 'time-own' : 'time-beside' },
    name !== '' && element('span', { class: 'time-of' }, name),
    track(bar, longest, tooltips, choose),
    name !== '' && element('span', { class: 'time-of-total' }, bar.text),
  );
}

/** A bar is a list: who listens hears its parts, and who looks sees them. Rows of the list beside do what a click does. */
function track(bar: TimeBar, longest: number, tooltips: Tooltips, choose?: (part: TimePart) => void): HTMLElement {
  const list = element('ul', { class: 'time-track', 'aria-label': `Parts of ${bar.label}` });
  for (const part of bar.parts) {
    const item = element(
      'li',
      { class: `time-part time-${part.kind}`, 'data-kind': part.kind },
      choose && element('span', { class: 'time-part-label', 'aria-hidden': 'true' }, element('span', {}, part.label)),
      hiddenText(`${part.label}: ${part.share}, ${part.text}`),
    );
    item.style.width = `${(100 * part.seconds) / longest}%`;
    tooltips.attachHover(item, `${part.label}: ${part.share}, ${part.text}\n${part.bound}`);
    if (choose) item.addEventListener('click', () => choose(part));
    list.append(item);
  }
  return list;
}
