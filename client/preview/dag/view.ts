import type { FoldSwitch } from '../../../server/src/graph/types.ts';
import type { Folds, Heat, PreviewNode } from '../../../server/src/services/preview/protocol.ts';
import type { Direction } from '../canvasKeys.ts';
import { element } from '../dom.ts';
import { PointerTip } from '../pointerTip.ts';
import type { Shown } from '../state.ts';
import type { Page, View } from '../view.ts';
import { chooseRenderer } from './chooseRenderer.ts';
import { spoken } from './describe.ts';
import { Details } from './details.ts';
import { Finder } from './finder.ts';
import { anchorsOf, foldsAt, isNothing, NO_FOLDS, pressed } from './folds.ts';
import { listen } from './input.ts';
import { Legend } from './legend.ts';
import { isMachine, poolsOf, toldOf } from './machineCells.ts';
import { Minimap } from './minimap.ts';
import { step } from './navigate.ts';
import { outlineOf } from './outline.ts';
import { Picture } from './picture.ts';
import type { DagPlace, DagPlaces } from './places.ts';
import { Splitter } from './splitter.ts';
import { Tools } from './tools.ts';
import { DagTree } from './tree.ts';
import { Viewport } from './viewport.ts';

const NONE: ReadonlySet<string> = new Set();

const HELP =
  'Left and right arrows follow the edges, up and down go to the neighbour. Enter selects the source text. ' +
  'Plus, minus and zero zoom. Shift with arrows moves the picture. U opens the group at the selected node, F closes it.';

/** What the reader has chosen in this view. It is kept over a reload. */
export interface DagChoice {
  /** Equal GPUs and layers drawn once. */
  readonly folded: boolean;
  /** What was opened and closed in the folded pictures, by deployment. */
  readonly folds: Readonly<Record<string, Folds>>;
  readonly heat: Heat;
  /** Whether the list of nodes stands beside the picture, and how wide it is, in CSS pixels. */
  readonly list: boolean;
  readonly listWidth: number;
}

export interface DagActions {
  /** The choice has changed. `asksFor` names the deployment whose picture must be requested. */
  chosen(asksFor: string | undefined): void;
}

/** The graph of a deployment: canvas, tree, search and details over one selection. */
export class DagView implements View {
  readonly root = element('div', { class: 'dag' });
  private readonly page: Page;
  private readonly actions: DagActions;
  private readonly viewport: Viewport | undefined;
  private readonly canvas = element('canvas', {
    class: 'dag-canvas',
    tabindex: 0,
    role: 'application',
    'aria-label': 'Graph of the deployment',
    'aria-describedby': 'dag-told dag-help',
  });
  private readonly area = element('div', { class: 'dag-area' });
  private readonly tree = new DagTree({
    select: (id) => this.select(id),
    open: (id) => this.open(id),
    fold: (open, what) => this.foldNear(open, what),
  });
  private readonly details = new Details({
    select: (id) => this.select(id),
    open: (id) => this.open(id),
    press: (fold) => this.press(fold),
  });
  /** The picture of machines in words. */
  private readonly told = element('p', { id: 'dag-told', class: 'visually-hidden' });
  private readonly live = element('div', { class: 'visually-hidden', 'aria-live': 'polite' });
  private readonly finder = new Finder({
    changed: () => this.mark(),
    select: (id) => this.select(id),
    openGpu: (gpu) => this.press({ id: `gpu ${gpu}`, label: '', open: false }),
  });
  private readonly legend = new Legend();
  private readonly tip: PointerTip;
  private readonly minimap = new Minimap((x, y) => this.viewport?.centre(x, y));
  private readonly tools: Tools;
  private picture: Picture | undefined;
  private digest = '';
  private deployment = '';
  /** Which picture of which deployment is shown. */
  private key = '';
  /** The shown picture stands in for one with groups opened that the page has never received. */
  private isStandIn = false;
  /** What is drawn: the folded picture, with what the reader has opened in it, or the detailed one. */
  choice: DagChoice;
  /** The switch that was pressed last, until its picture comes. What it belongs to keeps its place on the screen. */
  private pressed: FoldSwitch | undefined;
  /** The groups that were open before that, in case the server refuses the picture. */
  private foldsBefore: Folds | undefined;
  private selected: string | undefined;
  private hovered: string | undefined;
  /** Names of the deployment's pools, where there are several. */
  private pools: readonly string[] = [];
  private highlighted: { readonly deployment: string; readonly nodes: ReadonlySet<string> } = {
    deployment: '',
    nodes: NONE,
  };
  private readonly placesLeft: Map<string, DagPlace>;

  constructor(page: Page, actions: DagActions) {
    this.page = page;
    this.actions = actions;
    this.choice = page.saved.dag;
    this.tip = new PointerTip(page.tips, 'dag-tip');
    this.placesLeft = new Map(Object.entries(page.saved.places));
    const renderer = chooseRenderer(this.area, this.canvas, () => this.viewport?.redraw());
    if (renderer) {
      this.viewport = new Viewport(this.canvas, renderer, (camera, size) => {
        this.canvas.dataset.renderer = renderer.name;
        this.tools.showZoom(camera.zoom);
        this.minimap.follow(camera, size);
        this.canvas.dataset.camera = `${camera.x} ${camera.y} ${camera.zoom}`;
        // The picture was moved, zoomed or drawn with another selection.
        page.changed();
      });
      listen(this.canvas, this.viewport, {
        click: (node) => (node ? this.open(node.node.id) : this.select(undefined)),
        hover: (node, x, y) => this.hover(node?.node, x, y),
        step: (direction) => this.step(direction),
        open: () => this.selected !== undefined && this.open(this.selected),
        clear: () => this.select(undefined),
        press: (fold) => this.press(fold),
        fold: (open) => this.selected !== undefined && this.foldNear(open, this.selected),
        end: (which) => this.selectEnd(which),
      });
    }
    this.tools = new Tools(this.viewport, this.choice.heat, {
      list: (list) => {
        this.choose({ ...this.choice, list });
        this.placeList();
      },
      fold: (folded) => this.choose({ ...this.choice, folded }),
      reset: () => this.setFolds(NO_FOLDS),
      machines: (shown) => {
        this.choose({ ...this.choice, folded: true });
        this.setFolds(shown ? { opened: [], closed: this.pools.map((pool) => `pool ${pool}`) } : NO_FOLDS);
      },
      heat: (heat) => {
        this.choose({ ...this.choice, heat });
        this.showHeat();
      },
    });
    this.finder.listen(() => this.selected);
    this.showHeat();
    this.area.append(this.canvas, this.minimap.root);
    const splitter = new Splitter(this.choice.listWidth, (listWidth) => {
      this.choose({ ...this.choice, listWidth });
      this.placeList();
    });
    this.root.append(this.stage(), splitter.root, this.side(), this.live);
    this.placeList();
  }

  show({ deployment }: Shown): void {
    // The newest picture with groups opened, if there is one.
    const opened = this.page.models.openedOf(deployment.name);
    const overview = deployment.overview ?? deployment;
    const canFold = deployment.overview !== undefined;
    const isFolded = !canFold || this.choice.folded;
    const isChanged = isFolded && !isNothing(this.foldsOf(deployment.name));
    // Until the newest picture comes, the previous one stays, so that nothing flickers while the server draws.
    const shown = isChanged && opened ? opened.picture : isFolded ? overview : deployment;
    const isOfMachines = isFolded && shown.topology.nodes.some(isMachine);
    this.pools = poolsOf(overview.topology.nodes);
    this.tools.show({ isFolded, canFold, isChanged, isOfMachines, hasPools: this.pools.length > 1 });
    const digest = `${shown.topology.digest}/${shown.positions.digest}`;
    const key = `${isOfMachines ? 'machines' : isFolded ? 'folded' : 'detailed'} ${deployment.name}`;
    // A page that comes back has folds, but not yet their picture. Its place belongs to the picture that is still to come.
    const isStandIn = isChanged && !opened && (key !== this.key || this.isStandIn);
    const isSame = key === this.key && isStandIn === this.isStandIn;
    if (isSame && digest === this.digest) return;
    const picture = Picture.of(shown);
    if (isSame) {
      const { pressed } = this;
      // A group that was closed is now a box, and that box stands for what was selected in it.
      if (!picture.find(this.selected)) this.selected = pressed?.open ? picture.find(pressed.id)?.node.id : undefined;
      const anchors = [...(pressed ? anchorsOf(pressed) : []), this.selected ?? ''];
      this.viewport?.update(picture, anchors, pressed !== undefined);
      if (pressed && !pressed.open) this.viewport?.fitInto(anchorsOf(pressed));
    } else {
      this.leave();
      const placeLeft = this.placesLeft.get(key);
      this.selected = picture.find(placeLeft?.selected)?.node.id;
      this.viewport?.open(picture, placeLeft?.camera);
    }
    this.pressed = undefined;
    this.picture = picture;
    this.digest = digest;
    this.key = key;
    this.isStandIn = isStandIn;
    this.deployment = deployment.name;
    this.showLegend();
    this.tip.hide();
    this.told.textContent = isOfMachines ? toldOf(picture) : '';
    this.minimap.show(picture);
    this.tree.show(outlineOf(picture));
    this.finder.show(picture, (gpu) => isFolded && isAmongOthers(picture, gpu));
    this.details.show(picture, this.selected);
  }

  saved(isKept: (deployment: string) => boolean): object {
    return { ...this.choice, places: this.placesOf(isKept) };
  }

  /** Where each picture of these deployments was left, including the present place of the shown one. */
  private placesOf(isKept: (deployment: string) => boolean): DagPlaces {
    this.leave();
    for (const key of this.placesLeft.keys()) if (!isKept(key.slice(key.indexOf(' ') + 1))) this.placesLeft.delete(key);
    return Object.fromEntries(this.placesLeft);
  }

  private leave(): void {
    if (!this.viewport?.isOpen || this.key === '' || this.isStandIn) return;
    const { current: camera } = this.viewport;
    this.placesLeft.set(this.key, { camera, ...(this.selected !== undefined && { selected: this.selected }) });
  }

  /** The groups of a deployment that the reader has opened and closed. */
  foldsOf(deployment: string): Folds {
    // A deployment may have the same name as something that every object has.
    return (Object.hasOwn(this.choice.folds, deployment) && this.choice.folds[deployment]) || NO_FOLDS;
  }

  /** How the graph of a deployment is shown. */
  pictureOf(deployment: string): 'folded' | 'each' | 'machines' {
    if (this.deployment === deployment && this.key.startsWith('machines ')) return 'machines';
    return this.choice.folded ? 'folded' : 'each';
  }

  /** The server does not draw this picture, so the choice from before is restored. */
  refused(deployment: string, reason: string): void {
    this.tools.say(reason);
    this.pressed = undefined;
    if (this.foldsBefore)
      this.choose({ ...this.choice, folds: { ...this.choice.folds, [deployment]: this.foldsBefore } }, false);
  }

  /** Selects the first of these nodes that is drawn, as a click on it does. */
  point(nodes: readonly string[]): void {
    const first = nodes.find((id) => this.picture?.find(id));
    if (first !== undefined) this.select(first);
  }

  highlight(deployment: string, nodes: readonly string[]): void {
    const lastHighlighted = this.highlighted;
    this.highlighted = { deployment, nodes: new Set(nodes) };
    this.mark();
    if (deployment !== this.deployment || !this.viewport) return;
    // While someone types in the same place, the picture stays where the reader has moved it.
    if (lastHighlighted.deployment === deployment && isEqual(lastHighlighted.nodes, this.highlighted.nodes)) return;
    const placed = nodes.flatMap((id) => this.picture?.find(id) ?? []);
    const [first] = placed;
    if (first && !placed.some((node) => this.viewport?.isInView(node))) this.viewport.reveal(first);
  }

  themeChanged(): void {
    this.viewport?.redraw();
  }

  private placeList(): void {
    const { list, listWidth } = this.choice;
    this.root.classList.toggle('without-list', !list);
    this.root.style.setProperty('--list-width', `${listWidth}px`);
    this.tools.showList(list);
  }

  private stage(): HTMLElement {
    const { viewport } = this;
    const fallback = 'This window cannot draw the graph; the list beside it has the same nodes.';
    return element(
      'div',
      { class: 'dag-stage' },
      this.tools.root,
      viewport ? this.area : element('p', { class: 'hint' }, fallback),
      this.told,
      element('p', { id: 'dag-help', class: 'visually-hidden' }, HELP),
      this.legend.root,
    );
  }

  private side(): HTMLElement {
    return element(
      'aside',
      { class: 'dag-side', 'aria-label': 'Nodes' },
      this.finder.root,
      this.finder.filters.root,
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
    this.page.reveal(this.deployment, id);
  }

  private press(fold: FoldSwitch): void {
    this.pressed = fold;
    this.setFolds(pressed(this.foldsOf(this.deployment), fold));
  }

  private setFolds(folds: Folds): void {
    this.tools.say('');
    this.foldsBefore = this.foldsOf(this.deployment);
    this.choose({ ...this.choice, folds: { ...this.choice.folds, [this.deployment]: folds } }, !isNothing(folds));
  }

  /** Opens or closes the innermost group at a node, or one of a group's own parts. */
  private foldNear(open: boolean, what: string | readonly FoldSwitch[]): void {
    const placed = typeof what === 'string' ? this.picture?.find(what) : undefined;
    const offered = placed && this.picture ? foldsAt(this.picture, placed).map(({ fold }) => fold) : [];
    const fold = (typeof what === 'string' ? offered : what).find((offer) => offer.open !== open);
    if (fold) this.press(fold);
    else this.live.textContent = open ? 'Nothing to open here.' : 'Nothing to close here.';
  }

  private choose(choice: DagChoice, asks = false): void {
    this.choice = choice;
    this.actions.chosen(asks ? this.deployment : undefined);
  }

  private showHeat(): void {
    this.showLegend();
    this.viewport?.showHeat(this.choice.heat);
  }

  private showLegend(): void {
    if (this.picture) this.legend.show(this.choice.heat, this.picture);
  }

  private hover(node: PreviewNode | undefined, x: number, y: number): void {
    if (node && isMachine(node)) this.tip.show(x, y, node.label, node.facts);
    else this.tip.hide();
    const id = node?.id;
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

  private mark(): void {
    this.tree.mark(this.marks());
    this.markCanvas();
  }

  private markCanvas(): void {
    this.viewport?.mark(this.marks());
  }

  private marks() {
    const { selected, hovered, highlighted, deployment } = this;
    const found = this.finder.matching;
    return { selected, found, hovered, highlighted: highlighted.deployment === deployment ? highlighted.nodes : NONE };
  }
}

function isEqual(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((member) => b.has(member));
}

/** Whether every node of a GPU is drawn together with other GPUs. */
function isAmongOthers(picture: Picture, gpu: number): boolean {
  const nodesOfGpu = picture.nodes.filter(({ node }) => node.gpus.includes(gpu));
  return nodesOfGpu.length > 0 && nodesOfGpu.every(({ node }) => node.gpus.length > 1);
}
