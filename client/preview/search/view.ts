import type { Failed, FromPage, ToPage } from '../../../server/src/services/preview/messages.ts';
import type { FoundPlanAnswer, SearchAnswer, SearchPlan } from '../../../server/src/services/preview/searchProtocol.ts';
import { button, element, replaceChildren, setAttributes } from '../dom.ts';
import { prose } from '../prose.ts';
import type { Shown } from '../state.ts';
import type { Tooltips } from '../tooltip.ts';
import type { Page, View } from '../view.ts';
import { planDetails } from './details.ts';
import { FrontPanel } from './front.ts';
import { SearchHead } from './head.ts';
import type { SearchPlace } from './place.ts';
import { PlanTable } from './table.ts';
import { bestWithEach, whyNotOthers } from './why.ts';

/** An edit is followed by others; the search waits until they pause. */
const PAUSE_MS = 300;

/** The best plans that start from the deployment: a table, a chart of the front, and why others are none. */
export class SearchView implements View {
  readonly root = element('div', { class: 'search' });
  private readonly tooltips: Tooltips;
  private readonly post: (message: FromPage) => void;
  private readonly changed: () => void;
  private readonly head: SearchHead;
  private readonly table: PlanTable;
  private readonly front: FrontPanel;
  private readonly seen: HTMLElement;
  private readonly problems = element('div', { class: 'search-problems' });
  private readonly details = element('section', { class: 'plan-details', 'aria-label': 'Comparison', hidden: true });
  private readonly below = element('div', { class: 'search-below' });
  private savedPlace: SearchPlace | undefined;
  private deployment = '';
  private search: string | undefined;
  private narrow: readonly string[] = [];
  private model: unknown;
  private isActive = false;
  private asking: ReturnType<typeof setTimeout> | undefined;
  /** Counts questions, so that an answer to an earlier one is not shown. */
  private asked = 0;
  private askedPlan = 0;
  private answer: SearchAnswer | Failed | undefined;
  private opened: string | undefined;

  constructor({ tips, tooltips, saved, post, changed }: Page) {
    this.tooltips = tooltips;
    this.post = post;
    this.changed = changed;
    this.savedPlace = saved.searched;
    this.head = new SearchHead({
      choose: (search) => this.chooseNamed(this.deployment, search),
      widen: (key) => this.narrowTo(this.narrow.filter((other) => other !== key)),
      again: () => this.ask(),
    });
    this.table = new PlanTable({ open: (plan) => this.open(plan), write: (plan) => this.write(plan) });
    this.front = new FrontPanel(tips, {
      open: (plan) => this.open(plan),
      look: (key) => this.table.mark(key, 'looked'),
      changed,
    });
    if (saved.searched) this.front.axes = saved.searched;
    this.seen = element('div', { class: 'search-seen' }, this.table.root, this.front.root);
    this.root.append(this.head.root, this.problems, this.seen, this.details, this.below);
    document.addEventListener('visibilitychange', () => {
      if (!this.isActive) return;
      if (document.hidden) this.stop();
      else this.ask();
    });
  }

  show({ model, deployment }: Shown): void {
    const isOther = deployment.name !== this.deployment;
    const isNew = !this.isActive || isOther;
    if (!isNew && model === this.model) return;
    this.model = model;
    this.isActive = true;
    if (isOther) this.turnTo(deployment.name);
    if (isNew) this.ask();
    else this.askSoon();
  }

  away(): void {
    if (!this.isActive) return;
    this.isActive = false;
    this.stop();
  }

  chooseNamed(deployment: string, search: string): void {
    if (deployment !== this.deployment) {
      this.savedPlace = { deployment, search, narrow: [], ...this.front.axes };
      return;
    }
    this.search = search;
    this.narrow = [];
    this.close();
    this.changed();
    if (this.isActive) this.ask();
  }

  receive(message: ToPage): void {
    if (message.type === 'search' && message.sequence === this.asked) {
      this.answer = message.answer;
      this.render();
    } else if (message.type === 'foundPlan' && message.sequence === this.askedPlan) this.showDetails(message.answer);
    else if (message.type === 'writtenFound' && message.deployment === this.deployment)
      this.head.say(message.isDone ? `✓ ${message.text}` : `✗ Not written: ${message.text}`, message.isDone);
  }

  saved(): object {
    const { deployment, search, narrow } = this;
    const isChosen = search !== undefined || narrow.length > 0 || Object.keys(this.front.axes).length > 0;
    if (deployment === '') return this.savedPlace ? { searched: this.savedPlace } : {};
    const { across, up } = this.front.axes;
    const axes = { ...(across !== undefined && { across }), ...(up !== undefined && { up }) };
    return isChosen ? { searched: { deployment, narrow, ...(search !== undefined && { search }), ...axes } } : {};
  }

  private turnTo(deployment: string): void {
    const { savedPlace } = this;
    const kept = savedPlace?.deployment === deployment ? savedPlace : undefined;
    this.savedPlace = undefined;
    this.deployment = deployment;
    this.search = kept?.search;
    this.narrow = kept?.narrow ?? [];
    this.answer = undefined;
    this.close();
    this.head.say('', true);
    this.render();
  }

  private narrowTo(keys: readonly string[]): void {
    this.narrow = keys;
    this.changed();
    this.close();
    this.ask();
  }

  private askSoon(): void {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => this.ask(), PAUSE_MS);
  }

  private ask(): void {
    clearTimeout(this.asking);
    this.asked += 1;
    this.head.busy();
    this.post({ type: 'search', ...this.subject, narrow: [...this.narrow], sequence: this.asked });
    if (this.opened !== undefined) this.askPlan(this.opened);
  }

  private stop(): void {
    clearTimeout(this.asking);
    // What comes of the question that was stopped is no answer any more.
    this.asked += 1;
    this.post({ type: 'stopSearch' });
  }

  private get subject() {
    const { deployment, search } = this;
    return { deployment, ...(search !== undefined && { search }) };
  }

  private open(plan: SearchPlan): void {
    this.opened = plan.key;
    this.front.choose(plan.key);
    this.table.mark(plan.key, 'chosen');
    replaceChildren(
      this.details,
      element('h2', {}, 'This plan beside the present one'),
      element('p', {}, plan.words),
      element('p', { class: 'hint' }, 'Computing …'),
    );
    this.details.hidden = false;
    this.askPlan(plan.key);
    this.details.scrollIntoView({ block: 'nearest' });
  }

  private close(): void {
    this.opened = undefined;
    this.front.choose(undefined);
    this.table.mark(undefined, 'chosen');
    this.details.hidden = true;
    replaceChildren(this.details);
  }

  private askPlan(plan: string): void {
    this.askedPlan += 1;
    this.post({ type: 'foundPlan', ...this.subject, plan, sequence: this.askedPlan });
  }

  private write({ key }: Pick<SearchPlan, 'key'>): void {
    this.post({ type: 'writeFound', ...this.subject, plan: key });
  }

  private showDetails(answer: FoundPlanAnswer | Failed): void {
    const { opened } = this;
    if (opened === undefined) return;
    const canWrite = 'rows' in answer;
    const words = 'words' in answer ? answer.words : '';
    replaceChildren(
      this.details,
      element('h2', {}, 'This plan beside the present one'),
      element(
        'div',
        { class: 'plan-actions' },
        element('span', {}, words),
        canWrite && button('Write into the file', { class: 'primary' }, () => this.write({ key: opened })),
        button('Close', {}, () => this.close()),
      ),
      ...planDetails(answer, this.deployment, this.tooltips),
    );
  }

  private render(): void {
    const { answer } = this;
    this.head.show(answer);
    const result = answer && 'result' in answer ? answer.result : undefined;
    replaceChildren(this.problems, ...problemsOf(answer));
    // What was found before stays until there is something to show of the new search.
    if (answer && !result) this.close();
    const isEmpty = !result || (result.plans.length === 0 && result.front.length === 0);
    this.seen.hidden = isEmpty;
    setAttributes(this.root, { 'aria-busy': String(result === undefined || result.progress !== undefined) });
    if (!result) {
      replaceChildren(this.below);
      return;
    }
    if (!isEmpty) {
      this.table.show(result, this.deployment);
      this.front.show(result);
      this.front.choose(this.opened);
      this.table.mark(this.opened, 'chosen');
    }
    const focused =
      document.activeElement instanceof HTMLElement ? document.activeElement.getAttribute('data-focus') : null;
    const hadFocus = this.below.contains(document.activeElement);
    replaceChildren(
      this.below,
      bestWithEach(result, (key) => this.narrowTo([...this.narrow, key])),
      whyNotOthers(result),
    );
    if (hadFocus && focused !== null)
      this.below.querySelector<HTMLElement>(`[data-focus=${CSS.escape(focused)}]`)?.focus({ preventScroll: true });
  }
}

function problemsOf(answer: SearchAnswer | Failed | undefined): readonly HTMLElement[] {
  if (!answer) return [];
  if ('failed' in answer) return [element('p', { class: 'problem' }, '✗ ', ...prose(answer.failed))];
  const { faults, result } = answer;
  return [
    ...faults.map((fault) => element('p', { class: 'problem' }, '✗ ', ...prose(fault))),
    ...(result?.none === undefined
      ? []
      : [element('p', { class: 'problem' }, '✗ No plan is left: ', ...prose(result.none))]),
  ];
}
