import { labelOf } from '../../../server/src/cost/figures/quantities.ts';
import type { FoldSwitch } from '../../../server/src/graph/types.ts';
import type { PreviewNode } from '../../../server/src/services/preview/protocol.ts';
import { element, hiddenText, replaceChildren } from '../dom.ts';
import { gpusName, kindName, nodeName } from './describe.ts';
import { isMachine } from './machineCells.ts';
import type { OutlineItem } from './outline.ts';
import type { Marks } from './renderer.ts';

/** What stands for the time of a node: that of an operation, or of a closed group. */
const TIMES: readonly string[] = [labelOf('timePerRun'), labelOf('takes')];
/** Nobody reads more rows than this in one place, and the page would be slow to show them. */
const MOST_ROWS = 1_000;

export interface TreeActions {
  select(id: string): void;
  /** Click or Enter: select, and go to the source. */
  open(id: string): void;
  /** Opens or closes, in the picture, the nearest group to a node, or a group with these switches. */
  fold(open: boolean, what: string | readonly FoldSwitch[]): void;
}

/** Its time and its GPUs; a single GPU first, because rows differ by it. The name of a part of a machine says its GPUs. */
function noteOf(node: PreviewNode, time: string | undefined): string {
  if (isMachine(node)) return time ?? '';
  const gpus = gpusName(node.gpus);
  const untold = time !== undefined && node.label.includes(time) ? undefined : time;
  return (node.gpus.length === 1 ? [gpus, untold] : [untold, gpus]).filter(Boolean).join(', ');
}

/** Children of a closed group are not in the document, so that a plan of 600 nodes opens with a handful of rows. */
export class DagTree {
  readonly root = element('ul', { role: 'tree', 'aria-label': 'Nodes of the graph', class: 'tree' });
  private readonly actions: TreeActions;
  private items: readonly OutlineItem[] = [];
  private readonly opened = new Set<string>();
  private marks: Marks | undefined;
  /** The row that Tab leads to; arrows move it. */
  private focused: string | undefined;

  constructor(actions: TreeActions) {
    this.actions = actions;
    this.root.addEventListener('click', (event) => this.onClick(event));
    this.root.addEventListener('focusin', ({ target }) => {
      if (target instanceof HTMLElement) this.focused = target.dataset.treeId ?? this.focused;
    });
    this.root.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (this.onKey(event.key)) event.preventDefault();
    });
  }

  show(items: readonly OutlineItem[]): void {
    this.items = items;
    this.render();
  }

  /** Selects, opens what hides the selection, and filters by what the search found. */
  mark(marks: Marks): void {
    const moved = marks.selected !== this.marks?.selected;
    this.marks = marks;
    if (moved && marks.selected !== undefined) {
      this.focused = marks.selected;
      for (const id of pathTo(this.items, marks.selected)) this.opened.add(id);
    }
    this.render();
    if (moved) this.rowOf(marks.selected)?.scrollIntoView({ block: 'nearest' });
  }

  private render(): void {
    const hadFocus = this.root.contains(document.activeElement);
    const rows = this.rows(this.items, 1);
    if (rows.length === 0) rows.push(element('li', { role: 'none', class: 'tree-empty' }, 'Nothing found.'));
    const scroll = this.root.scrollTop;
    replaceChildren(this.root, ...rows);
    this.root.scrollTop = scroll;
    const visibleRows = this.visibleRows();
    const current = visibleRows.find((row) => row.dataset.treeId === this.focused) ?? visibleRows[0];
    if (!current) return;
    current.tabIndex = 0;
    if (hadFocus) current.focus({ preventScroll: true });
  }

  private rows(items: readonly OutlineItem[], level: number): HTMLElement[] {
    const matchingItems = items.filter((item) => this.isFound(item));
    const shown = matchingItems.filter((item, index) => index < MOST_ROWS || item.id === this.marks?.selected);
    const rows = shown.map((item) => (item.kind === 'node' ? this.nodeRow(item, level) : this.groupRow(item, level)));
    const hiddenCount = matchingItems.length - shown.length;
    if (hiddenCount > 0)
      rows.push(element('li', { role: 'none', class: 'tree-empty' }, `and ${hiddenCount} more; the search finds them`));
    return rows;
  }

  private nodeRow({ id, placed: { node } }: Extract<OutlineItem, { kind: 'node' }>, level: number): HTMLElement {
    const isMarked = this.marks?.highlighted.has(id) ?? false;
    const time = isMachine(node) ? node.lines[0] : node.facts.find(([name]) => TIMES.includes(name))?.[1];
    return element(
      'li',
      {
        role: 'treeitem',
        class: `tree-node${isMarked ? ' at-cursor' : ''}`,
        tabindex: -1,
        'aria-level': level,
        'aria-selected': String(id === this.marks?.selected),
        'data-node-id': id,
        'data-tree-id': id,
      },
      element('span', { class: `swatch ${node.opens === undefined ? node.kind : 'group'}`, 'aria-hidden': 'true' }),
      element('span', { class: 'tree-label' }, nodeName(node)),
      hiddenText(`, ${kindName(node)}`),
      element('span', { class: 'tree-note' }, noteOf(node, time)),
      isMarked && hiddenText(', at the cursor in the text'),
    );
  }

  private groupRow(item: Extract<OutlineItem, { kind: 'group' }>, level: number): HTMLElement {
    const isOpen = this.isOpen(item.id);
    const label = element(
      'div',
      {
        role: 'treeitem',
        class: 'tree-group',
        tabindex: -1,
        'aria-level': level,
        'aria-expanded': String(isOpen),
        'data-tree-id': item.id,
      },
      item.label,
    );
    const below = isOpen && element('ul', { role: 'group' }, ...this.rows(item.items, level + 1));
    return element('li', { role: 'none' }, label, below);
  }

  private isOpen(id: string): boolean {
    return this.marks?.found !== undefined || this.opened.has(id);
  }

  private isFound(item: OutlineItem): boolean {
    const matchingIds = this.marks?.found;
    if (!matchingIds) return true;
    return item.kind === 'node' ? matchingIds.has(item.id) : item.items.some((child) => this.isFound(child));
  }

  private onClick({ target }: Event): void {
    const row = target instanceof Element ? target.closest<HTMLElement>('[role=treeitem]') : null;
    const id = row?.dataset.treeId;
    if (!row || id === undefined) return;
    this.focused = id;
    if (row.dataset.nodeId !== undefined) this.actions.open(id);
    else this.toggle(id, !this.isOpen(id));
    this.rowOf(id)?.focus({ preventScroll: true });
  }

  private toggle(id: string, open: boolean): void {
    if (open) this.opened.add(id);
    else this.opened.delete(id);
    this.render();
  }

  private onKey(key: string): boolean {
    const rows = this.visibleRows();
    const index = Math.max(
      0,
      rows.findIndex((row) => row.dataset.treeId === this.focused),
    );
    const row = rows[index];
    const id = row?.dataset.treeId;
    if (!row || id === undefined) return false;
    const isGroup = row.dataset.nodeId === undefined;
    switch (key) {
      case 'ArrowDown':
        return this.moveTo(rows[index + 1]);
      case 'ArrowUp':
        return this.moveTo(rows[index - 1]);
      case 'Home':
        return this.moveTo(rows[0]);
      case 'End':
        return this.moveTo(rows.at(-1));
      case 'ArrowRight':
        if (!isGroup) return true;
        if (this.isOpen(id)) return this.moveTo(rows[index + 1]);
        this.toggle(id, true);
        return true;
      case 'ArrowLeft':
        if (isGroup && this.isOpen(id)) {
          this.toggle(id, false);
          return true;
        }
        return this.moveTo(groupOf(row));
      case 'u':
      case 'f': {
        const group = isGroup ? groupWith(this.items, id) : undefined;
        this.actions.fold(key === 'u', group?.switches ?? id);
        return true;
      }
      case 'Enter':
      case ' ':
        if (isGroup) this.toggle(id, !this.isOpen(id));
        else this.actions.open(id);
        return true;
      default:
        return false;
    }
  }

  private moveTo(row: HTMLElement | undefined): boolean {
    const id = row?.dataset.treeId;
    if (!row || id === undefined) return true;
    for (const visibleRow of this.visibleRows()) visibleRow.tabIndex = -1;
    this.focused = id;
    row.tabIndex = 0;
    row.focus();
    if (row.dataset.nodeId !== undefined) this.actions.select(id);
    return true;
  }

  private visibleRows(): HTMLElement[] {
    return [...this.root.querySelectorAll<HTMLElement>('[role=treeitem]')];
  }

  private rowOf(id: string | undefined): HTMLElement | undefined {
    return this.visibleRows().find((row) => row.dataset.treeId === id);
  }
}

/** The row of the group that a row lies in. */
function groupOf(row: HTMLElement): HTMLElement | undefined {
  const groupRow = row.closest('[role=group]')?.previousElementSibling;
  return groupRow instanceof HTMLElement ? groupRow : undefined;
}

/** Ids of the groups around a node, outermost first; empty where the node stands alone or does not exist. */
function pathTo(items: readonly OutlineItem[], id: string): readonly string[] {
  for (const item of items) {
    if (item.kind === 'node') continue;
    if (item.items.some((child) => child.kind === 'node' && child.id === id)) return [item.id];
    const below = pathTo(item.items, id);
    if (below.length > 0) return [item.id, ...below];
  }
  return [];
}

function groupWith(
  items: readonly OutlineItem[],
  id: string,
): Extract<OutlineItem, { readonly kind: 'group' }> | undefined {
  for (const item of items) {
    if (item.kind === 'node') continue;
    const group = item.id === id ? item : groupWith(item.items, id);
    if (group) return group;
  }
  return undefined;
}
