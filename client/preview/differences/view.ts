import type {
  Differences,
  DifferencesAnswer,
  Mark,
  MarkedNode,
} from '../../../server/src/services/preview/differencesProtocol.ts';
import {
  asBase,
  type DifferencesBase,
  type Failed,
  type FromPage,
  type ToPage,
} from '../../../server/src/services/preview/messages.ts';
import { fileName } from '../../../server/src/text/fileName.ts';
import { changeTable } from '../changeTable.ts';
import { button, type Child, element, replaceChildren, setAttributes } from '../dom.ts';
import { prose } from '../prose.ts';
import type { Shown } from '../state.ts';
import type { Tooltips } from '../tooltip.ts';
import type { Page, View } from '../view.ts';
import { drawPicture, LETTERS, sample } from './picture.ts';
import { expertTable, nodeTable, propertyTable } from './tables.ts';

/** Choices that are no deployment. They cannot be mistaken for one, because names of deployments have no blanks. */
const LAST_COMMIT = 'last commit';
const CHOOSE = { 'another commit': 'commit', 'another file': 'file' } as const;
const CHOICES = Object.entries(CHOOSE).map(([value, what]) => ({ value, what }));

type Answer = DifferencesAnswer | Failed;

/** The differences between two deployments, or between a deployment and its last commit, as a picture and in tables. */
export class DifferencesView implements View {
  readonly root = element('div', { class: 'differences' });
  private readonly tooltips: Tooltips;
  private readonly post: (message: FromPage) => void;
  private readonly reveal: (deployment: string, id: string) => void;
  private readonly base = element('select', { id: 'differences-base' });
  private readonly current = element('strong', {});
  private readonly body = element('div', {});
  private readonly status = element('p', { class: 'differences-status', role: 'status' });
  private deployment = '';
  private names: readonly string[] = [];
  /** A deployment's name, `LAST_COMMIT`, or a commit or file as JSON. */
  private chosen: string | undefined;
  /** The choice that the list shows. */
  private shownChoice = '';
  private readonly changed: () => void;
  private model: unknown;
  /** Counts questions, so that an answer to an earlier one is not shown. */
  private asked = 0;
  private answer: Answer | undefined;
  /** The answer that is drawn. An equal answer leaves scrolling and focus alone. */
  private drawn = '';
  private zoom = 1;

  constructor({ tooltips, saved, reveal, post, changed }: Page) {
    this.tooltips = tooltips;
    this.chosen = saved.base;
    this.changed = changed;
    this.reveal = reveal;
    this.post = post;
    this.base.addEventListener('change', () => {
      const asked = CHOICES.find(({ value }) => value === this.base.value);
      if (asked) {
        // What was compared stays until something else is chosen.
        this.base.value = this.shownChoice;
        this.post({ type: 'chooseBase', what: asked.what });
        return;
      }
      this.chosen = this.base.value;
      this.shownChoice = this.chosen;
      changed();
      this.ask();
    });
    this.root.append(
      element(
        'div',
        { class: 'differences-choice', role: 'group', 'aria-label': 'What is compared' },
        element('label', { for: 'differences-base' }, 'From'),
        this.base,
        element('span', {}, 'to ', this.current),
        button('Compare again', {}, () => this.ask()),
      ),
      this.status,
      this.body,
    );
  }

  show({ model, deployment }: Shown): void {
    if (deployment.name === this.deployment && model === this.model) return;
    this.model = model;
    this.deployment = deployment.name;
    this.names = model.names;
    this.current.textContent = deployment.name;
    this.showChoices();
    this.ask();
  }

  private showChoices(): void {
    const others = this.names.filter((name) => name !== this.deployment);
    const kept = this.chosen === undefined ? undefined : baseOf(this.chosen);
    const choices = [...others, LAST_COMMIT, ...(kept && this.chosen !== undefined ? [this.chosen] : [])];
    const chosen = choices.find((choice) => choice === this.chosen) ?? others[0] ?? LAST_COMMIT;
    this.shownChoice = chosen;
    replaceChildren(
      this.base,
      ...choices.map((choice) =>
        element('option', { value: choice, selected: choice === chosen }, nameOf(choice, this.deployment)),
      ),
      ...CHOICES.map(({ value, what }) =>
        element('option', { value }, what === 'commit' ? 'another commit or branch …' : 'another file …'),
      ),
    );
  }

  receive(message: ToPage): void {
    if (message.type === 'baseChosen') {
      this.chosen = JSON.stringify(message.base);
      this.showChoices();
      this.changed();
      this.ask();
      return;
    }
    if (message.type !== 'differences' || message.sequence !== this.asked) return;
    this.answer = message.answer;
    this.render();
  }

  saved(): object {
    const { chosen: base } = this;
    return base === undefined ? {} : { base };
  }

  private ask(): void {
    this.asked += 1;
    const { value } = this.base;
    const base = value === LAST_COMMIT ? LAST_COMMIT_BASE : (baseOf(value) ?? { deployment: value });
    this.post({ type: 'differences', deployment: this.deployment, base, sequence: this.asked });
    setAttributes(this.body, { 'aria-busy': 'true' });
    if (!this.answer) this.status.textContent = 'Comparing …';
  }

  private render(): void {
    const { answer } = this;
    setAttributes(this.body, { 'aria-busy': 'false' });
    const next = JSON.stringify(answer);
    if (!answer || next === this.drawn) return;
    this.drawn = next;
    const problem = 'failed' in answer ? answer.failed : 'unavailable' in answer ? answer.unavailable : undefined;
    this.status.classList.toggle('problem', problem !== undefined);
    if (problem !== undefined) {
      replaceChildren(this.status, ...prose(problem));
      replaceChildren(this.body);
    } else if ('differences' in answer) {
      this.status.textContent = summaryOf(answer.differences);
      replaceChildren(this.body, ...this.contents(answer.differences, answer.notes));
    }
  }

  private contents(differences: Differences, notes: readonly string[]): readonly Child[] {
    const sides = [differences.before, differences.after] as const;
    const open = (node: MarkedNode) => {
      if (node.mark !== 'removed') this.reveal(this.deployment, node.id);
    };
    return [
      ...notes.map((note) => element('p', { class: 'hint' }, ...prose(note))),
      element('section', {}, element('h2', {}, 'Changed values'), ...propertyTable(differences.properties, sides)),
      element(
        'div',
        { class: 'differences-tables' },
        element(
          'section',
          {},
          element('h2', {}, 'Figures'),
          changeTable('Figures', sides, changedFirst(differences.figures), this.tooltips),
          limits(differences),
        ),
        element(
          'section',
          {},
          element('h2', {}, 'Memory of the fullest GPU'),
          changeTable('Memory of the fullest GPU', sides, differences.memory, undefined, 'Part'),
        ),
      ),
      ...expertTable(differences.experts, sides),
      element('h2', {}, 'Changed part of the graph'),
      ...this.picture(differences, open),
      ...nodeTable(differences.picture.nodes, open),
    ];
  }

  private picture({ picture, before, after }: Differences, open: (node: MarkedNode) => void): readonly Child[] {
    if (picture.nodes.length === 0) return [];
    const drawing = drawPicture(
      picture,
      `What differs between the graphs of ${before} and ${after}. ${countsOf(picture)}.`,
      open,
    );
    const frame = element('div', {
      class: 'marked-frame',
      tabindex: 0,
      role: 'region',
      'aria-label': 'Changed part of the graph',
    });
    frame.append(drawing);
    const output = element('output', { class: 'zoom', 'aria-label': 'Zoom' });
    const zoomTo = (zoom: number) => {
      this.zoom = Math.min(3, Math.max(0.1, zoom));
      setAttributes(drawing, { width: picture.width * this.zoom, height: picture.height * this.zoom });
      drawing.style.setProperty('--badge', String(Math.min(2.2, Math.max(1, 0.7 / this.zoom))));
      output.value = `${Math.round(this.zoom * 100)} %`;
    };
    const fit = () => zoomTo(Math.min(1, Math.max(320, frame.clientWidth - 2) / picture.width));
    // The frame has no width before it is part of the page.
    requestAnimationFrame(fit);
    zoomTo(this.zoom);
    const marks: readonly Mark[] = ['added', 'removed', 'changed', 'same'];
    return [
      element(
        'div',
        { class: 'marked-head' },
        element(
          'div',
          { class: 'marked-tools', role: 'toolbar', 'aria-label': 'Picture' },
          button('−', { 'aria-label': 'Zoom out' }, () => zoomTo(this.zoom * 0.8)),
          output,
          button('+', { 'aria-label': 'Zoom in' }, () => zoomTo(this.zoom * 1.25)),
          button('Fit', { title: 'Fit the width' }, fit),
        ),
        element(
          'ul',
          { class: 'legend', 'aria-label': 'Legend of marks' },
          ...marks.map((mark) => {
            const entry = element('li', {});
            entry.append(sample(mark), mark === 'same' ? 'the same in both, next to a change' : LETTERS[mark][1]);
            return entry;
          }),
        ),
      ),
      frame,
    ];
  }
}

function limits({ before, after, limits: limitedBy }: Differences): HTMLElement {
  const lines =
    limitedBy.before === limitedBy.after
      ? [['Limited by', limitedBy.after]]
      : [
          [before, limitedBy.before],
          [after, limitedBy.after],
        ];
  return element(
    'dl',
    { class: 'limits' },
    ...lines.map(([name, text]) => element('div', {}, element('dt', {}, name), element('dd', {}, text))),
  );
}

const LAST_COMMIT_BASE = 'last-commit' as const;

/** A commit or a file that was chosen, from its JSON. Names of deployments are none. */
function baseOf(choice: string): Exclude<DifferencesBase, string> | undefined {
  if (!choice.startsWith('{')) return undefined;
  try {
    const base = asBase(JSON.parse(choice));
    return typeof base === 'object' && !('deployment' in base) ? base : undefined;
  } catch {
    return undefined;
  }
}

function nameOf(choice: string, deployment: string): string {
  const base = baseOf(choice);
  if (base && 'commit' in base) return `${deployment} in ${base.commit}`;
  if (base && 'file' in base) return fileName(base.file);
  return choice === LAST_COMMIT ? `${deployment} in the last commit` : choice;
}

function summaryOf({ before, after, picture, properties, experts }: Differences): string {
  const isSame = properties.length === 0 && picture.nodes.every(({ mark }) => mark === 'same') && experts.count === 0;
  if (isSame) return `Nothing differs between ${before} and ${after}.`;
  const values = `${properties.length} ${properties.length === 1 ? 'value differs' : 'values differ'}`;
  return `${before} to ${after}: ${countsOf(picture)}; ${values}; ${experts.count.toLocaleString('en-US')} experts moved.`;
}

function countsOf({ nodes, same }: Differences['picture']): string {
  const count = (mark: Mark) => nodes.filter((node) => node.mark === mark).length;
  return `${count('added')} nodes added, ${count('removed')} removed, ${count('changed')} changed, ${same} the same`;
}

/** Figures that changed before those that did not. */
function changedFirst(rows: Differences['figures']): Differences['figures'] {
  return [...rows.filter(({ verdict }) => verdict !== 'same'), ...rows.filter(({ verdict }) => verdict === 'same')];
}
