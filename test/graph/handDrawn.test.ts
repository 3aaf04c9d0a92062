import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { buildDag } from '../../server/src/graph/build.ts';
import { Folding } from '../../server/src/graph/folding.ts';
import { layoutDag } from '../../server/src/graph/layout/layout.ts';
import type { Dag, DagNode, DagOptions } from '../../server/src/graph/types.ts';
import { validateDag } from '../../server/src/graph/validate.ts';
import { type Analysis, deploymentNamed } from '../../server/src/services/analysis.ts';
import { exportGraph, GRAPH_FORMATS } from '../../server/src/services/outputs/export.ts';
import { report } from '../../server/src/services/outputs/report.ts';
import { previewModel } from '../../server/src/services/preview/model.ts';
import { locationOfId, nodesAtOffset } from '../../server/src/services/preview/sources.ts';
import { analysed } from '../support/analysed.ts';
import { projectRoot } from '../support/dist.ts';
import { overlap } from '../support/scenes.ts';

const EXAMPLE = readFileSync(join(projectRoot, 'examples/hand-drawn-layers.moeplan'), 'utf8');

function evaluated(analysis: Analysis, name = 'hand-drawn'): Evaluation {
  const resolved = deploymentNamed(analysis, name);
  const evaluation = resolved && analysis.evaluationOf(resolved);
  if (!evaluation) throw new Error(resolved?.invalid ?? 'not computed');
  return evaluation;
}

const FOLDED: DagOptions = { gpus: 'folded', layers: 'folded', experts: 'grouped' };
const EVERY_OPTION: readonly DagOptions[] = (['each', 'folded'] as const).flatMap((gpus) =>
  (['each', 'folded'] as const).flatMap((layers) =>
    (['each', 'grouped'] as const).map((experts) => ({ gpus, layers, experts })),
  ),
);

/** Edges inside a layer by the labels of their ends, without what a label says of copies. */
function arrows(dag: Dag, layer: number): readonly string[] {
  const isHere = ({ layers }: DagNode) => layers.includes(layer);
  return dag
    .filterEdges((_, __, from, to) => isHere(dag.getNodeAttributes(from)) && isHere(dag.getNodeAttributes(to)))
    .map((edge) => {
      const [from, to] = dag.extremities(edge).map((id) => dag.getNodeAttribute(id, 'label'));
      return `${from} ${dag.getEdgeAttribute(edge, 'kind') === 'gate' ? '..>' : '->'} ${to}`;
    })
    .sort();
}

describe('a hand-drawn layer', () => {
  const analysis = analysed(EXAMPLE);
  const evaluation = evaluated(analysis);

  test("is drawn with the user's operators along the user's arrows, and collectives where they send", () => {
    const dag = buildDag(evaluation, FOLDED);
    expect(arrows(dag, 0)).toEqual(
      [
        'norm -> attend (attention)',
        'attend (attention) -> attend: all-reduce',
        'attend: all-reduce -> sum (add)',
        'norm -> route (router)',
        'route (router) ..> moe: dispatch',
        'norm -> moe: dispatch',
        'moe: dispatch -> moe: routed experts',
        'moe: routed experts -> moe: combine',
        'moe: combine -> sum (add)',
      ].sort(),
    );
    expect(arrows(dag, 4)).toEqual(
      expect.arrayContaining(['norm-2 (norm) -> gate (linear)', 'middle (add) -> sum (add)']),
    );
    // What enters the layer goes to the norm and past everything to the sum.
    const entering = dag
      .outNeighbors('all/entry/all/embedding-all-reduce')
      .map((id) => dag.getNodeAttribute(id, 'label'));
    expect(entering).toEqual(['norm', 'sum (add)']);
  });

  test.each(EVERY_OPTION)('is sound with %j', (options) => {
    const dag = buildDag(evaluation, options);
    for (const { name, holds, detail } of validateDag(dag, evaluation)) expect(holds, `${name}: ${detail}`).toBe(true);
    expect(overlap(layoutDag(dag).nodes)).toBeUndefined();
  });

  test('keeps its costs whatever is folded: those of the predicted step', () => {
    const stage = evaluation.prediction.pools[0]?.steps[0]?.stages[0];
    const predicted = (stage?.layers ?? []).flatMap(({ layers, operations }) =>
      operations.map(({ seconds }) => layers.length * seconds),
    );
    for (const options of EVERY_OPTION) {
      const dag = buildDag(evaluation, options);
      let drawn = 0;
      dag.forEachNode((_, { gpus, layers, seconds }) => {
        if (gpus.includes(0)) drawn += layers.length * seconds;
      });
      expect(drawn).toBeCloseTo(
        predicted.reduce((sum, seconds) => sum + seconds, 0),
        9,
      );
    }
  });

  test('shows side by side what runs side by side', () => {
    const scene = layoutDag(buildDag(evaluation, FOLDED), 'page');
    const at = (label: string) => scene.nodes.find((node) => node.label.startsWith(label));
    expect(at('route (router)')?.x).toBe(at('attend (attention)')?.x);
    expect(at('route (router)')?.y).not.toBe(at('attend (attention)')?.y);
  });

  test('may be left in several places, which all lead to the next layer', () => {
    const text = EXAMPLE.replace('attend -> sum -> output\n', 'attend -> output\n  sum -> output\n');
    const dag = buildDag(evaluated(analysed(text)), { ...FOLDED, layers: 'each' });
    const [next = ''] = dag.filterNodes((_, { layers, operator }) => layers[0] === 1 && operator === 'norm');
    const before = dag.inNeighbors(next).map((id) => dag.getNodeAttribute(id, 'label'));
    expect(before).toEqual(['attend: all-reduce', 'sum (add)']);
  });

  test('opens and closes like any layer', () => {
    const closed = new Folding(evaluation, { opened: [], closed: ['layer /all/l0-3'] }).dag();
    expect(closed.filterNodes((_, { layers }) => layers.includes(0))).toEqual(['layer /all/l0-3']);
    const open = new Folding(evaluation, { opened: ['layers /all/l0-3', 'gpus /all'], closed: [] }).dag();
    for (const { name, holds, detail } of validateDag(open, evaluation)) expect(holds, `${name}: ${detail}`).toBe(true);
  });

  test('leads from its nodes to its operators in the text, and back', () => {
    const deployment = previewModel(analysis, 1).deployments[0];
    const node = deployment?.overview?.topology.nodes.find(({ label }) => label === 'gate (linear)');
    const place = EXAMPLE.indexOf('operator gate ');
    expect(locationOfId(analysis, 'hand-drawn', node?.id ?? '')?.span.start).toBe(place);
    const marked = nodesAtOffset(analysis, place + 12);
    expect(marked?.deployment).toBe('hand-drawn');
    expect(marked?.nodes).toContain(node?.id);
    expect(marked?.nodes.every((id) => id.includes('gate'))).toBe(true);
    // Collectives of an operator belong to it.
    const inExperts = nodesAtOffset(analysis, EXAMPLE.indexOf('operator moe') + 12)?.nodes ?? [];
    for (const part of ['dispatch', 'experts', 'combine']) expect(inExperts.some((id) => id.endsWith(part))).toBe(true);
  });
});

describe('what is not predicted', () => {
  const text = EXAMPLE.replace(
    'kind = linear, input = [hidden], output = [hidden]',
    'kind = custom, input = [tokens, hidden], output = [tokens, odd]',
  );
  const analysis = analysed(text);
  const evaluation = evaluated(analysis);

  test('has no figures and says why, in every form of the picture', () => {
    const dag = buildDag(evaluation, FOLDED);
    const [id = ''] = dag.filterNodes((_, { operator }) => operator === 'gate');
    expect(dag.getNodeAttributes(id)).toMatchObject({
      flop: 0,
      bytes: 0,
      seconds: 0,
      notPredicted: 'nothing is known of a custom operator',
    });
    expect(dag.getNodeAttribute(id, 'bound')).toBeUndefined();
    for (const format of GRAPH_FORMATS)
      expect(exportGraph(evaluation, format, { detail: 'folded' }), format).toMatch(
        format === 'json' ? /"notPredicted"/ : /not predicted/,
      );
    // A size that nothing gives is shown by its name.
    expect(exportGraph(evaluation, 'dot', { detail: 'folded' })).toContain('out [batch=8, seq=2048, odd]');
    const { nodes }: { readonly nodes: readonly { readonly id: string; readonly output: unknown }[] } = JSON.parse(
      exportGraph(evaluation, 'json', { detail: 'folded' }),
    );
    const output = [{ name: 'batch', size: 8 }, { name: 'seq', size: 2048 }, { name: 'odd' }];
    expect(nodes.find((node) => node.id === id)?.output).toEqual(output);
  });

  test('is said by a closed layer, by the page, and in the report', () => {
    const closed = new Folding(evaluation, { opened: [], closed: ['layer /all/l4-7'] }).dag();
    const scene = layoutDag(closed, 'page');
    // What stands side by side in another layer makes no closed box taller.
    const boxes = scene.nodes.filter(({ closed: isClosed }) => isClosed !== undefined);
    expect(boxes.map(({ height }) => height)).toEqual(boxes.map(() => 64));
    expect(scene.nodes.find(({ id }) => id === 'layer /all/l4-7')?.lines.join()).toContain('in part not predicted');
    const node = previewModel(analysis, 1).deployments[0]?.overview?.topology.nodes.find(
      ({ label }) => label === 'gate (custom)',
    );
    expect(node?.facts).toEqual([['Not predicted', 'nothing is known of a custom operator']]);
    const written = report(analysis);
    expect(written).toContain('the prediction leaves out: operator gate (nothing is known of a custom operator)');
    expect(written).toMatch(/\| dense-residual \| gate \(custom\) \|.*\| not predicted \| - \|/);
  });
});

describe('what is wrong in a hand-drawn layer is wrong in its picture', () => {
  const results = (text: string) => {
    const evaluation = evaluated(analysed(text));
    return new Map(validateDag(buildDag(evaluation, FOLDED), evaluation).map((each) => [each.name, each]));
  };

  test('a circle', () => {
    const found = results(EXAMPLE.replace('norm -> moe\n', 'norm -> moe\n  moe -> route\n'));
    expect(found.get('acyclic')?.holds).toBe(false);
  });

  test('a width that is not the model’s', () => {
    const wide = results(
      EXAMPLE.replace(
        'norm   { kind = norm, input = [hidden], output = [hidden]',
        'norm   { kind = norm, input = [5120], output = [5120]',
      ),
    );
    expect(wide.get('dimensions-preserved')).toMatchObject({ holds: false });
    expect(wide.get('dimensions-preserved')?.detail).toContain('width=5120');
  });

  test('an operator that nothing leads to', () => {
    const found = results(EXAMPLE.replace('norm -> attend -> sum -> output', 'norm\n  attend -> sum -> output'));
    expect(found.get('one-source-one-sink')?.holds).toBe(false);
  });
});
