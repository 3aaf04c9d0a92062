import type { Failed } from '../../../server/src/services/preview/messages.ts';
import type { SearchAnswer } from '../../../server/src/services/preview/searchProtocol.ts';
import { button, element, replaceChildren, setAttributes } from '../dom.ts';
import { prose } from '../prose.ts';

export interface HeadActions {
  /** Another `search` block, or the usual search, which has no name. */
  choose(search: string): void;
  /** A value to which the search was narrowed is no longer the only one. */
  widen(key: string): void;
  again(): void;
}

const USUAL = 'The usual search';

/** What is searched, to what it is narrowed, and how the space was decided. */
export class SearchHead {
  readonly root = element('header', { class: 'search-head' });
  private readonly actions: HeadActions;
  private readonly chooser = element('select', { 'aria-label': 'Search' });
  private readonly decided = element('p', { class: 'search-decided', role: 'status' });
  private readonly progress = element('progress', {
    'aria-label': 'Parts of the space that are decided',
    hidden: true,
  });
  private readonly again = button('Try again', { hidden: true }, () => this.actions.again());
  private readonly chips = element('div', { class: 'search-chips', role: 'group', 'aria-label': 'Narrowed to' });
  private readonly asks = element('div', { class: 'search-asks hint' });
  private readonly notes = element('div', { class: 'search-notes hint' });
  private readonly status = element('p', { class: 'search-status', role: 'status' });

  constructor(actions: HeadActions) {
    this.actions = actions;
    this.chooser.addEventListener('change', () => actions.choose(this.chooser.value));
    this.root.append(
      element('div', { class: 'search-which' }, this.chooser, this.decided, this.progress, this.again),
      this.chips,
      this.asks,
      this.notes,
      this.status,
    );
  }

  /** The question has been asked anew. */
  busy(): void {
    if (this.decided.textContent === '') this.decided.textContent = 'Searching …';
  }

  say(text: string, isGood: boolean): void {
    this.status.textContent = text;
    this.status.classList.toggle('bad', !isGood);
  }

  show(answer: SearchAnswer | Failed | undefined): void {
    const isFailed = answer !== undefined && 'failed' in answer;
    this.again.hidden = !isFailed;
    const known = answer && !('failed' in answer) ? answer : undefined;
    const result = known?.result;
    this.decided.textContent = answer === undefined ? 'Searching …' : (result?.decided ?? '');
    this.progress.hidden = result?.progress === undefined;
    if (result?.progress !== undefined) setAttributes(this.progress, { value: result.progress, max: 1 });
    if (!known) {
      this.chooser.hidden = true;
      for (const part of [this.chips, this.asks, this.notes]) replaceChildren(part);
      return;
    }
    this.chooser.hidden = false;
    const names = [...known.searches, ''];
    this.chooser.replaceChildren(
      ...names.map((name) =>
        element('option', { value: name, selected: name === known.search }, name === '' ? USUAL : `search ${name}`),
      ),
    );
    replaceChildren(
      this.chips,
      ...known.narrow.map(({ key, text }) =>
        button(`${text} ×`, { class: 'chip', 'aria-label': `Only ${text}: search all values again` }, () =>
          this.actions.widen(key),
        ),
      ),
    );
    replaceChildren(this.asks, ...known.asks.map((ask) => element('p', {}, ...prose(ask))));
    replaceChildren(this.notes, ...(result?.notes ?? []).map((note) => element('p', {}, note)));
  }
}
