import { formatBytes } from '../../../server/src/cost/numbers.ts';
import type { PreviewTraffic, TrafficGpus } from '../../../server/src/services/preview/trafficProtocol.ts';
import { button, element, replaceChildren } from '../dom.ts';
import type { PointerTip } from '../pointerTip.ts';
import { headOf, scrolling } from '../tables.ts';
import { currentPalette } from '../theme.ts';
import { type Matrix, matrixOf, sums } from './matrix.ts';
import { type Cell, cellAt, drawMatrix, gridOf, heightOf } from './renderer.ts';
import { everything, kindOf, partsOf, senders, type Unit } from './units.ts';

const HELP =
  'Arrow keys go from cell to cell. Enter opens a cell of several GPUs, on one GPU it selects the source text. ' +
  'Backspace or Escape goes back.';

/** The least height of the canvas, and the height of what stands above and below it. */
const LEAST_HEIGHT = 420;
const HEIGHT_AROUND = 300;

/** How far into the matrix one is: the rows and columns that were opened. */
interface Opened {
  readonly from: Unit;
  readonly to: Unit;
}

/** The traffic between GPUs: a heat map whose cells open, and the same as a table. */
export class MatrixView {
  readonly root = element('section', { class: 'matrix', 'aria-label': 'Traffic between GPUs' });
  private readonly canvas = element('canvas', {
    class: 'matrix-canvas',
    tabindex: 0,
    role: 'application',
    'aria-label': 'Bytes from each GPU to each other',
    'aria-describedby': 'matrix-help',
  });
  private readonly context = this.canvas.getContext('2d');
  private readonly path = element('nav', { class: 'matrix-path', 'aria-label': 'Opened cells' });
  private readonly ramp = element('p', { class: 'heat-legend' });
  private readonly details = element('section', { class: 'matrix-details', 'aria-label': 'Selected cell' });
  /** The same as a table, for another place on the page. */
  readonly table = element('section', { class: 'matrix-table', 'aria-label': 'Sent and received by GPU' });
  private readonly live = element('div', { class: 'visually-hidden', 'aria-live': 'polite' });
  private readonly tip: PointerTip;
  private readonly reveal: (source: string) => void;
  private traffic: PreviewTraffic | undefined;
  private matrix: Matrix | undefined;
  private opened: readonly Opened[] = [];
  private selected: Cell | undefined;
  private hovered: Cell | undefined;
  private stages: ReadonlySet<number> = new Set();
  private isWaiting = false;

  constructor(tip: PointerTip, reveal: (source: string) => void) {
    this.tip = tip;
    this.reveal = reveal;
    this.listen();
    new ResizeObserver(() => this.resize()).observe(this.canvas);
    this.root.append(
      element('h2', {}, 'Between GPUs'),
      element('div', { class: 'matrix-head' }, this.path, this.ramp),
      element('div', { class: 'matrix-main' }, this.canvas, this.details),
      element('p', { id: 'matrix-help', class: 'visually-hidden' }, HELP),
      this.live,
    );
  }

  show(traffic: PreviewTraffic, isOther: boolean): void {
    const isSame = !isOther && this.traffic !== undefined && areSame(this.traffic.gpus, traffic.gpus);
    this.traffic = traffic;
    this.root.hidden = traffic.levels.every(({ bytes }) => bytes === 0);
    this.table.hidden = this.root.hidden;
    // Cells belong to certain GPUs. With other GPUs the opened cells no longer exist.
    if (!isSame) this.opened = [];
    this.rebuild(isSame ? this.selected : undefined);
  }

  highlight(sources: ReadonlySet<string>): void {
    const stages = this.traffic?.stages ?? [];
    this.stages = new Set(stages.flatMap(({ source }, index) => (sources.has(source) ? [index] : [])));
    this.redraw();
  }

  redraw(): void {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      this.draw();
    });
  }

  private rebuild(selected?: Cell): void {
    const { traffic } = this;
    if (!traffic) return;
    const innermost = this.opened.at(-1) ?? { from: senders(traffic.gpus), to: everything(traffic.gpus) };
    this.matrix = matrixOf(traffic, ...partsOf(traffic.gpus, innermost.from, innermost.to));
    this.selected = selected;
    this.hovered = undefined;
    this.showPath();
    this.showRamp();
    this.showTable();
    this.showDetails();
    this.resize();
    this.redraw();
  }

  private open({ row, column }: Cell): void {
    const from = this.matrix?.rows[row];
    const to = this.matrix?.columns[column];
    if (!from || !to || !this.canOpen({ row, column })) return;
    this.opened = [...this.opened, { from, to }];
    this.rebuild();
    this.select({ row: 0, column: 0 });
  }

  private canOpen({ row, column }: Cell): boolean {
    const from = this.matrix?.rows[row]?.members.length ?? 0;
    const to = this.matrix?.columns[column]?.members.length ?? 0;
    return from > 1 || to > 1;
  }

  private back(depth: number): void {
    this.opened = this.opened.slice(0, depth);
    this.rebuild();
  }

  private showPath(): void {
    const steps = this.opened.map(({ from, to }, index) => {
      const label = from.label === to.label ? `inside ${from.label}` : `${from.label} to ${to.label}`;
      return index === this.opened.length - 1
        ? element('strong', {}, label)
        : button(label, { class: 'text-link' }, () => this.back(index + 1));
    });
    const count = this.traffic?.gpus.gpu.length ?? 0;
    const wholeLabel = `All ${count} GPUs`;
    replaceChildren(
      this.path,
      this.opened.length > 0
        ? button(wholeLabel, { class: 'text-link' }, () => this.back(0))
        : element('strong', {}, wholeLabel),
      ...steps.flatMap((step) => [element('span', { 'aria-hidden': 'true' }, '›'), step]),
    );
  }

  private showRamp(): void {
    const { matrix } = this;
    if (!matrix) return;
    const isEven = formatBytes(matrix.least) === formatBytes(matrix.most);
    const swatch = (name: string) => element('span', { class: name, 'aria-hidden': 'true' });
    const most = element('span', {}, formatBytes(matrix.most));
    replaceChildren(
      this.ramp,
      swatch('heat-ramp none'),
      element('span', {}, 'nothing'),
      ...(isEven
        ? [swatch('heat-ramp even'), most, element('span', { class: 'hint' }, 'per step and cell')]
        : [
            element('span', { class: 'least' }, formatBytes(matrix.least)),
            swatch('heat-ramp'),
            most,
            element('span', { class: 'hint' }, 'per step and cell, on a scale of powers'),
          ]),
    );
  }

  private showTable(): void {
    const { matrix } = this;
    if (!matrix) return;
    const { sent, received } = sums(matrix);
    const kind = kindOf(matrix.rows) === 'GPU' ? 'GPU' : 'Node';
    const columnOf = new Map(matrix.columns.map(({ label }, column) => [label, column]));
    const receive = matrix.rows.every(({ label }) => columnOf.has(label));
    const rows = matrix.rows.map(({ label }, row) => {
      const most = mostOf(matrix, row);
      return element(
        'tr',
        {},
        element('th', { scope: 'row' }, label),
        element('td', {}, formatBytes(sent[row] ?? 0)),
        ...(receive ? [element('td', {}, formatBytes(received[columnOf.get(label) ?? -1] ?? 0))] : []),
        element('td', {}, most ? `${most.label}: ${formatBytes(most.bytes)}` : '–'),
      );
    });
    replaceChildren(
      this.table,
      element('h2', {}, 'Sent and received'),
      scrolling(
        'Sent and received',
        element(
          'table',
          {},
          headOf([kind, 'Sends', ...(receive ? ['Receives'] : []), 'Most to']),
          element('tbody', {}, ...rows),
        ),
      ),
    );
  }

  private select(cell: Cell | undefined): void {
    this.selected = cell;
    const description = cell && this.describe(cell);
    this.live.textContent = description
      ? `${description.title}: ${description.rows.map((row) => row.join(' ')).join(', ')}.`
      : '';
    this.showDetails();
    this.redraw();
  }

  private describe({ row, column }: Cell) {
    const { matrix, traffic } = this;
    const from = matrix?.rows[row];
    const to = matrix?.columns[column];
    if (!matrix || !traffic || !from || !to) return undefined;
    const cell = row * matrix.columns.length + column;
    const parts = [...matrix.byOperation]
      .map(([label, bytes]) => [label, bytes[cell] ?? 0] as const)
      .filter(([, bytes]) => bytes > 0)
      .sort(([, a], [, b]) => b - a);
    const total = matrix.bytes[cell] ?? 0;
    const stage = traffic.gpus.stage[from.members[0] ?? -1] ?? -1;
    return {
      title: from === to || from.label === to.label ? `Inside ${from.label}` : `${from.label} to ${to.label}`,
      rows: [
        ['In all', total > 0 ? formatBytes(total) : 'nothing'] as const,
        ...parts.map(([label, bytes]) => [label, formatBytes(bytes)] as const),
      ],
      source: traffic.stages[stage]?.source,
    };
  }

  private showDetails(): void {
    const cell = this.selected;
    const description = cell && this.describe(cell);
    if (!cell || !description) {
      const isFolded = this.matrix && kindOf(this.matrix.rows) !== 'GPU';
      const hint = isFolded
        ? 'Select a cell to see what it carries. Enter, or a double click, opens it.'
        : 'Select a cell to see what it carries.';
      replaceChildren(this.details, element('p', { class: 'hint' }, hint));
      return;
    }
    const { source } = description;
    replaceChildren(
      this.details,
      element('h3', {}, description.title),
      element(
        'dl',
        {},
        ...description.rows.map(([name, value]) =>
          element('div', {}, element('dt', {}, name), element('dd', {}, value)),
        ),
      ),
      this.canOpen(cell) && button('Open this cell', {}, () => this.open(cell)),
      source !== undefined && button('Show source', { class: 'show-source' }, () => this.reveal(source)),
    );
  }

  private resize(): void {
    const { clientWidth: width } = this.canvas;
    if (width === 0 || !this.matrix) return;
    // The canvas takes as much of the window as lets the reader see all of it, but not too little.
    const height = heightOf(this.matrix, width, Math.max(LEAST_HEIGHT, window.innerHeight - HEIGHT_AROUND));
    this.canvas.style.height = `${height}px`;
    this.canvas.width = Math.round(width * window.devicePixelRatio);
    this.canvas.height = Math.round(height * window.devicePixelRatio);
    this.draw();
  }

  private draw(): void {
    const { context, canvas, matrix, traffic } = this;
    if (!context || !matrix || !traffic || canvas.clientWidth === 0) return;
    drawMatrix(context, canvas.clientWidth, canvas.clientHeight, window.devicePixelRatio, {
      matrix,
      traffic,
      palette: currentPalette(),
      fontFamily: getComputedStyle(canvas).fontFamily,
      selected: this.selected,
      hovered: this.hovered,
      stages: this.stages,
    });
    const { left, top, cell } = gridOf(matrix, canvas.clientWidth, canvas.clientHeight);
    canvas.dataset.grid = `${left} ${top} ${cell} ${matrix.rows.length} ${matrix.columns.length}`;
  }

  private listen(): void {
    const { canvas } = this;
    const cellUnder = ({ offsetX, offsetY }: MouseEvent) =>
      this.matrix &&
      cellAt(this.matrix, gridOf(this.matrix, canvas.clientWidth, canvas.clientHeight), offsetX, offsetY);
    canvas.addEventListener('pointermove', (event) => {
      const cell = cellUnder(event);
      if (cell?.row !== this.hovered?.row || cell?.column !== this.hovered?.column) {
        this.hovered = cell;
        this.redraw();
      }
      const description = cell && this.describe(cell);
      if (description) this.tip.show(event.clientX, event.clientY, description.title, description.rows);
      else this.tip.hide();
    });
    canvas.addEventListener('pointerleave', () => {
      this.hovered = undefined;
      this.tip.hide();
      this.redraw();
    });
    canvas.addEventListener('click', (event) => {
      const cell = cellUnder(event);
      this.select(cell);
      const source = cell && !this.canOpen(cell) ? this.describe(cell)?.source : undefined;
      if (source !== undefined) this.reveal(source);
    });
    canvas.addEventListener('dblclick', (event) => {
      const cell = cellUnder(event);
      if (cell) this.open(cell);
    });
    canvas.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (this.onKey(event.key)) event.preventDefault();
    });
  }

  private onKey(key: string): boolean {
    const steps: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [0, -1],
      ArrowRight: [0, 1],
      ArrowUp: [-1, 0],
      ArrowDown: [1, 0],
    };
    const cellStep = steps[key];
    const { matrix, selected } = this;
    if (cellStep && matrix) {
      const bound = (value: number, length: number) => Math.max(0, Math.min(length - 1, value));
      this.select(
        selected
          ? {
              row: bound(selected.row + cellStep[0], matrix.rows.length),
              column: bound(selected.column + cellStep[1], matrix.columns.length),
            }
          : { row: 0, column: 0 },
      );
      return true;
    }
    if (key === 'Enter' && selected) {
      const source = this.describe(selected)?.source;
      if (this.canOpen(selected)) this.open(selected);
      else if (source !== undefined) this.reveal(source);
      return true;
    }
    if ((key === 'Backspace' || key === 'Escape') && (this.opened.length > 0 || selected)) {
      if (this.opened.length > 0) this.back(this.opened.length - 1);
      else this.select(undefined);
      return true;
    }
    return false;
  }
}

function areSame(left: TrafficGpus, right: TrafficGpus): boolean {
  const isEqual = (a: readonly number[], b: readonly number[]) =>
    a.length === b.length && a.every((value, index) => value === b[index]);
  return isEqual(left.gpu, right.gpu) && isEqual(left.node, right.node);
}

function mostOf({ columns, bytes }: Matrix, row: number): { label: string; bytes: number } | undefined {
  let most: { label: string; bytes: number } | undefined;
  for (const [column, { label }] of columns.entries()) {
    const cellBytes = bytes[row * columns.length + column] ?? 0;
    if (cellBytes > (most?.bytes ?? 0)) most = { label, bytes: cellBytes };
  }
  return most;
}
