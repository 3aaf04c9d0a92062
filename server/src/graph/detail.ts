import type { Evaluation } from '../cost/evaluation.ts';
import { buildDag } from './build.ts';
import { Folding } from './folding.ts';
import { layoutDag } from './layout/layout.ts';
import { defaultOptions, isDrawable, overviewOptions } from './options.ts';
import { waitedSeconds } from './passTime.ts';
import type { Dag, DagNode, Scene } from './types.ts';

/**
 * How fine a graph is. `page`: as much as can be read on a page or a slide. `folded`: equal GPUs and layers once each.
 * `each`: as fine as can be drawn. The last two close layers and equal stages into boxes when these are still too many.
 */
export type Detail = 'page' | 'folded' | 'each';

/** The room for a graph on a 16:9 slide below its title and its legend, in CSS pixels. */
export const SLIDE = { width: 1280, height: 580 };
/**
 * At a smaller scale labels would be below 5.6 points on a slide that is 13.3 inches wide, and 4.9 on a landscape A4 page.
 */
const LEAST_SCALE = 0.62;
/** A graph with more nodes than this is not laid out as a page. */
const MOST_ON_PAGE = 200;

/** The graph of a deployment, as fine as can be drawn. */
export function dagOf(evaluation: Evaluation, detail: Exclude<Detail, 'page'>): Dag {
  const options = detail === 'each' ? defaultOptions(evaluation) : overviewOptions();
  return isDrawable(evaluation, options) ? buildDag(evaluation, options) : closedDag(evaluation);
}

/** The scene of a deployment. The scene of a page has a page's shape and opens no more than can be read there. */
export function sceneOf(evaluation: Evaluation, detail: Detail): Scene {
  if (detail !== 'page') return layoutDag(dagOf(evaluation, detail));
  const whole = buildDag(evaluation, overviewOptions());
  const scene = whole.order <= MOST_ON_PAGE ? onPage(whole) : undefined;
  return scene && isLegible(scene) ? scene : openedOnPage(evaluation, whole);
}

/** Opens boxes of the whole graph while the page has room, those that take most time first, because these matter most. */
function openedOnPage(evaluation: Evaluation, whole: Dag): Scene {
  const opened: string[] = [];
  let dag = boxed(evaluation, opened).close(whole);
  let scene = onPage(dag);
  while (dag.order <= MOST_ON_PAGE) {
    const next = longestBox(dag);
    if (next === undefined || opened.includes(next)) break;
    opened.push(next);
    dag = boxed(evaluation, opened).close(whole);
    const larger = dag.order <= MOST_ON_PAGE ? onPage(dag) : undefined;
    if (!larger || !isLegible(larger)) break;
    scene = larger;
  }
  return scene;
}

/**
 * The box that takes most of a pass. A box of equal stages stays closed, because it describes one of them and that says it
 * all.
 */
function longestBox(dag: Dag): string | undefined {
  let longest: DagNode | undefined;
  dag.forEachNode((_, node) => {
    if (node.opens === undefined || node.opens.startsWith('stages ')) return;
    if (longest === undefined || waitedSeconds(node) > waitedSeconds(longest)) longest = node;
  });
  return longest?.opens;
}

function onPage(dag: Dag): Scene {
  return layoutDag(dag, 'page', SLIDE);
}

function isLegible({ width, height }: Scene): boolean {
  return Math.min(SLIDE.width / width, SLIDE.height / height) >= LEAST_SCALE;
}

/** The graph with layers and equal stages as boxes. */
export function closedDag(evaluation: Evaluation): Dag {
  return boxed(evaluation, []).close(buildDag(evaluation, overviewOptions()));
}

/** The folding with layers and equal stages as boxes, except for those that are opened. */
function boxed(evaluation: Evaluation, opened: readonly string[]): Folding {
  return new Folding(evaluation, { opened, closed: [], boxed: true });
}
