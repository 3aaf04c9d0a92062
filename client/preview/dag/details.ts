import type { FoldSwitch } from '../../../server/src/graph/types.ts';
import { button, type Child, element, replaceChildren } from '../dom.ts';
import { gpusName, kindName, nodeName, ranges } from './describe.ts';
import { foldsAt, type OfferedFold } from './folds.ts';
import type { Picture, PictureNode } from './picture.ts';

export interface DetailsActions {
  open(id: string): void;
  select(id: string): void;
  press(fold: FoldSwitch): void;
}

/** Everything known of the selected node. */
export class Details {
  readonly root = element('section', { class: 'details', 'aria-label': 'Selected node' });
  private readonly actions: DetailsActions;

  constructor(actions: DetailsActions) {
    this.actions = actions;
  }

  show(picture: Picture, selected: string | undefined): void {
    const placed = picture.find(selected);
    if (!placed) {
      replaceChildren(
        this.root,
        element(
          'p',
          { class: 'hint' },
          'Select a node to see its shapes and costs. Arrow keys follow the edges, Enter goes to the source text, U opens a group and F closes it.',
        ),
      );
      return;
    }
    const { node } = placed;
    const rows: (readonly [string, string])[] = [
      ['Kind', `${kindName(node)}${node.critical ? ', on the critical path' : ''}`],
      ['Runs on', gpusName(node.gpus)],
      [
        'Stands for',
        node.copies > 1 ? `${node.copies} equal ${node.opens === undefined ? 'operations' : 'parts'}` : '',
      ],
      ['Stage', node.stage ?? ''],
      ['Layers', ranges(node.layers)],
      ['Experts', ranges(node.experts)],
      ['Input', shape(node.input)],
      ['Output', shape(node.output)],
      ...node.facts,
    ];
    replaceChildren(
      this.root,
      element('h2', {}, nodeName(node)),
      element(
        'dl',
        {},
        ...rows
          .filter(([, value]) => value !== '')
          .map(([name, value]) => element('div', {}, element('dt', {}, name), element('dd', {}, value))),
      ),
      this.folds(foldsAt(picture, placed)),
      this.links('Comes from', picture.before(placed)),
      this.links('Goes to', picture.after(placed)),
      button('Show source', { class: 'show-source' }, () => this.actions.open(node.id)),
    );
  }

  private folds(offered: readonly OfferedFold[]): Child {
    if (offered.length === 0) return undefined;
    return element(
      'div',
      { class: 'links' },
      element('h3', {}, 'Open and close'),
      ...offered.map(({ fold, of: owner }) =>
        button(
          `${fold.open ? '▾' : '▸'} ${fold.label}`,
          { class: 'link', 'aria-label': `${fold.open ? 'Close' : 'Open'} ${fold.label} of ${owner}` },
          () => this.actions.press(fold),
        ),
      ),
    );
  }

  private links(title: string, nodes: readonly PictureNode[]): Child {
    if (nodes.length === 0) return undefined;
    const shown = nodes.slice(0, 6);
    return element(
      'div',
      { class: 'links' },
      element('h3', {}, title),
      ...shown.map(({ node }) =>
        button(`${nodeName(node)}${node.gpus.length === 1 ? ` (${gpusName(node.gpus)})` : ''}`, { class: 'link' }, () =>
          this.actions.select(node.id),
        ),
      ),
      nodes.length > shown.length && element('span', { class: 'hint' }, `and ${nodes.length - shown.length} more`),
    );
  }
}

function shape(text: string): string {
  return text === '[]' ? '' : text;
}
