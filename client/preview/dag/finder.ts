import { element } from '../dom.ts';
import { Filters } from './filters.ts';
import type { Picture } from './picture.ts';
import { matcher } from './search.ts';

export interface FinderActions {
  /** What is searched for has changed. */
  changed(): void;
  select(id: string): void;
  openGpu(gpu: number): void;
}

/** The search with its filters, and what it finds in the picture. */
export class Finder {
  readonly root: HTMLElement;
  readonly filters: Filters;
  private readonly search = element('input', {
    type: 'search',
    placeholder: 'Find: router, gpu:3, layer:2 …',
    'aria-label': 'Find nodes',
    spellcheck: 'false',
  });
  private readonly count = element('span', { class: 'count', role: 'status' });
  private readonly actions: FinderActions;
  private picture: Picture | undefined;
  private found: ReadonlySet<string> | undefined;

  constructor(actions: FinderActions) {
    this.actions = actions;
    this.filters = new Filters(
      () => this.refresh(),
      (gpu) => actions.openGpu(gpu),
    );
    this.search.addEventListener('input', () => this.refresh());
    this.root = element('div', { class: 'find' }, this.search, this.count);
  }

  /** Enter goes to the next find after the selected node, with shift to the one before it. */
  listen(selected: () => string | undefined): void {
    this.search.addEventListener('keydown', ({ key, shiftKey }) => {
      if (key !== 'Enter') return;
      const foundIds = [...(this.found ?? [])];
      const at = foundIds.indexOf(selected() ?? '');
      const next = foundIds.at(at < 0 ? 0 : (at + (shiftKey ? -1 : 1)) % foundIds.length);
      if (next !== undefined) this.actions.select(next);
    });
  }

  /** `canOpen` tells whether a GPU is drawn together with others. */
  show(picture: Picture, canOpen: (gpu: number) => boolean): void {
    this.picture = picture;
    this.filters.show(picture, canOpen);
    this.refresh();
  }

  /** Ids of what is found; nothing while nothing is searched for. */
  get matching(): ReadonlySet<string> | undefined {
    return this.found;
  }

  private refresh(): void {
    const { picture } = this;
    const matches = matcher(`${this.search.value} ${this.filters.query}`);
    this.found = picture && matches && new Set(picture.nodes.flatMap(({ node }) => (matches(node) ? [node.id] : [])));
    this.count.textContent = this.found && picture ? `${this.found.size} of ${picture.nodes.length}` : '';
    this.actions.changed();
  }
}
