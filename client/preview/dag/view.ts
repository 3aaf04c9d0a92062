import { button, element, setAttributes } from '../dom.ts';
import type { Shown } from '../state.ts';
import type { Camera } from './camera.ts';
import { CanvasRenderer } from './canvasRenderer.ts';
import { spoken } from './describe.ts';
import { Details } from './details.ts';
import { listen } from './input.ts';
import { legend } from './legend.ts';
import { type Direction, step } from './navigate.ts';
import { outlineOf } from './outline.ts';
import { Picture } from './picture.ts';
import { matcher } from './search.ts';
import { DagTree } from './tree.ts';
import { Viewport } from './viewport.ts';

const NONE: ReadonlySet<string> = new Set();

const HELP =
  'Left and right arrows follow the edges, up and down go to the neighbour. Enter selects the source text. ' +
  'Plus, minus and zero zoom. Shift with arrows moves the picture.';

/** The graph of a deployment: canvas, tree, search and details over one selection. */
export class DagView {
  readonly root = element('div', { class: 'dag' });
  private readonly reveal: (deployment: string, id: string) => void;
  private readonly viewport: Viewport | undefined;
  private readonly canvas = element('canvas', {
    class: 'dag-canvas',
    tabindex: 0,
    role: 'application',
    'aria-label': 'Graph of the deployment',
    'aria-describedby': 'dag-help',
  });
  private readonly tree = new DagTree({ select: (id) => this.select(id), open: (id) => this.open(id) });
  private readonly details = new Details({ select: (id) => this.select(id), open: (id) => this.open(id) });
  private readonly search = element('input', {
    type: 'search',
    placeholder: 'Find: router, gpu:3, layer:2 …',
    'aria-label': 'Find nodes',
    spellcheck: 'false',
  });
  private readonly count = element('span', { class: 'count', role: 'status' });
  private readonly live = element('div', { class: 'visually-hidden', 'aria-live': 'polite' });
  private readonly zoom = element('output', { class: 'zoom', 'aria-label': 'Zoom' });
  private picture: Picture | undefined;
  private digest = '';
  private deployment = '';
  /** Which picture of which deployment is shown. */
  private key = '';
  private folded: boolean;
  private readonly fold: HTMLButtonElement;
  private selected: string | undefined;
  private hovered: string | undefined;
  private highlighted: { readonly deployment: string; readonly nodes: ReadonlySet<string> } = {
    deployment: '',
    nodes: NONE,
  };
  private found: ReadonlySet<string> | undefined;
  /** Where each picture was left. */
  private readonly left = new Map<string, { readonly camera: Camera; readonly selected: string | undefined }>();

  constructor(
    folded: boolean,
    reveal: (deployment: string, id: string) => void,
    foldChanged: (folded: boolean) => void,
  ) {
    this.reveal = reveal;
    this.folded = folded;
    this.fold = button('Fold equal GPUs', { title: 'Draw equal GPUs and layers once' }, () => {
      this.folded = !this.folded;
      foldChanged(this.folded);
    });
    const context = this.canvas.getContext('2d');
    if (context) {
      this.viewport = new Viewport(this.canvas, new CanvasRenderer(this.canvas, context), (camera) => {
        this.zoom.value = `${Math.round(camera.zoom * 100)} %`;
        this.canvas.dataset.camera = `${camera.x} ${camera.y} ${camera.zoom}`;
      });
      listen(this.canvas, this.viewport, {
        click: (node) => (node ? this.open(node.node.id) : this.select(undefined)),
        hover: (node) => this.hover(node?.node.id),
        step: (direction) => this.step(direction),
        open: () => this.selected !== undefined && this.open(this.selected),
        clear: () => this.select(undefined),
        end: (which) => this.selectEnd(which),
      });
    }
    this.search.addEventListener('input', () => this.find());
    this.search.addEventListener('keydown', ({ key, shiftKey }) => {
      if (key === 'Enter') this.nextFound(shiftKey ? -1 : 1);
    });
    this.root.append(this.stage(), this.side(), this.live);
  }

  show({ deployment, stale }: Shown): void {
    this.root.classList.toggle('stale', stale !== undefined);
    const { overview } = deployment;
    const isFolded = overview !== undefined && this.folded;
    this.fold.hidden = overview === undefined;
    setAttributes(this.fold, { 'aria-pressed': String(isFolded) });
    const shown = isFolded ? overview : deployment;
    const digest = `${shown.topology.digest}/${shown.positions.digest}`;
    const key = `${isFolded ? 'folded' : 'detailed'} ${deployment.name}`;
    const isSame = key === this.key;
    if (isSame && digest === this.digest) return;
    const picture = new Picture(shown);
    if (isSame) {
      if (!picture.find(this.selected)) this.selected = undefined;
      this.viewport?.update(picture, this.selected);
    } else {
      if (this.viewport && this.key !== '')
        this.left.set(this.key, { camera: this.viewport.current, selected: this.selected });
      const before = this.left.get(key);
      this.selected = picture.find(before?.selected)?.node.id;
      this.viewport?.open(picture, before?.camera);
    }
    this.picture = picture;
    this.digest = digest;
    this.key = key;
    this.deployment = deployment.name;
    this.tree.show(outlineOf(picture));
    this.find();
    this.details.show(picture, this.selected);
  }

  highlight(deployment: string, nodes: readonly string[]): void {
    this.highlighted = { deployment, nodes: new Set(nodes) };
    this.mark();
    if (deployment !== this.deployment || !this.viewport) return;
    const placed = nodes.flatMap((id) => this.picture?.find(id) ?? []);
    const [first] = placed;
    if (first && !placed.some((node) => this.viewport?.isInView(node))) this.viewport.reveal(first);
  }

  themeChanged(): void {
    this.viewport?.redraw();
  }

  private stage(): HTMLElement {
    const { viewport } = this;
    const fallback = 'This window cannot draw the graph; the list beside it has the same nodes.';
    return element(
      'div',
      { class: 'dag-stage' },
      viewport && this.tools(viewport),
      viewport ? this.canvas : element('p', { class: 'hint' }, fallback),
      element('p', { id: 'dag-help', class: 'visually-hidden' }, HELP),
      legend(),
    );
  }

  private tools(viewport: Viewport): HTMLElement {
    return element(
      'div',
      { class: 'dag-tools', role: 'toolbar', 'aria-label': 'Picture' },
      this.fold,
      element(
        'span',
        { class: 'zoom-tools' },
        button('−', { 'aria-label': 'Zoom out', title: 'Zoom out (-)' }, () => viewport.zoomBy(0.8)),
        this.zoom,
        button('+', { 'aria-label': 'Zoom in', title: 'Zoom in (+)' }, () => viewport.zoomBy(1.25)),
        button('Fit', { title: 'Show all (0)' }, () => viewport.fitAll()),
      ),
    );
  }

  private side(): HTMLElement {
    return element(
      'aside',
      { class: 'dag-side', 'aria-label': 'Nodes' },
      element('div', { class: 'find' }, this.search, this.count),
      this.tree.root,
      this.details.root,
    );
  }

  private select(id: string | undefined): void {
    if (!this.picture) return;
    const placed = this.picture.find(id);
    this.selected = placed?.node.id;
    if (placed) this.viewport?.reveal(placed);
    this.mark();
    this.details.show(this.picture, this.selected);
    this.live.textContent = placed ? spoken(placed.node) : '';
  }

  private open(id: string): void {
    this.select(id);
    this.reveal(this.deployment, id);
  }

  private hover(id: string | undefined): void {
    if (id === this.hovered) return;
    this.hovered = id;
    this.canvas.classList.toggle('over-node', id !== undefined);
    this.markCanvas();
  }

  private step(direction: Direction): void {
    const { picture } = this;
    const from = picture?.find(this.selected);
    const to = picture && from ? step(picture, from, direction) : undefined;
    if (to) this.select(to.node.id);
    else if (!from) this.selectEnd('source');
  }

  private selectEnd(which: 'source' | 'sink'): void {
    this.select(this.picture?.nodes.find(({ node }) => node.kind === which)?.node.id);
  }

  private find(): void {
    const { picture } = this;
    const matches = matcher(this.search.value);
    this.found = picture && matches && new Set(picture.nodes.flatMap(({ node }) => (matches(node) ? [node.id] : [])));
    this.count.textContent = this.found && picture ? `${this.found.size} of ${picture.nodes.length}` : '';
    this.mark();
  }

  private nextFound(by: number): void {
    const found = [...(this.found ?? [])];
    if (found.length === 0) return;
    const at = found.indexOf(this.selected ?? '');
    this.select(found.at(at < 0 ? 0 : (at + by) % found.length));
  }

  private mark(): void {
    this.tree.mark(this.marks());
    this.markCanvas();
  }

  private markCanvas(): void {
    this.viewport?.mark(this.marks());
  }

  private marks() {
    const { selected, found, hovered, highlighted, deployment } = this;
    return { selected, found, hovered, highlighted: highlighted.deployment === deployment ? highlighted.nodes : NONE };
  }
}
