import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import type { SvgTheme } from '../../server/src/graph/svgPaint.ts';
import { markedSvg } from '../../server/src/services/differences/graph.ts';
import { exportGraph } from '../../server/src/services/outputs/export.ts';
import { analysed } from './analysed.ts';
import { projectRoot } from './dist.ts';

export interface ExportedPicture {
  readonly name: string;
  readonly theme: SvgTheme;
  readonly svg: string;
}

const PLANS = [
  ['examples/deployment-analysis.moeplan', 'proposed'],
  ['examples/deployment-analysis.moeplan', 'baseline-split'],
  ['examples/deepseek-v3-h800.moeplan', 'deepseek-v3-32'],
  ['examples/hand-drawn-layers.moeplan', 'hand-drawn'],
  ['test/fixtures/plans/training.moeplan', 'train-2048'],
] as const;

/** Every kind of picture that is exported, in every theme that people without high contrast have. */
export function exportedPictures(): readonly ExportedPicture[] {
  const plans = PLANS.map(([file, deployment]) => [deployment, evaluationOf(file, deployment)] as const);
  const themes = ['both', 'light', 'dark'] as const;
  const drawn = plans.flatMap(([name, evaluation]) =>
    themes.map((theme) => ({ name, theme, svg: exportGraph(evaluation, 'svg', { theme }) })),
  );
  const [[, after] = [], [, before] = []] = plans;
  if (!before || !after) throw new Error('there are no plans');
  return [...drawn, { name: 'differences', theme: 'both', svg: markedSvg(before, after, 'what differs') }];
}

function evaluationOf(file: string, deployment: string): Evaluation {
  const analysis = analysed(readFileSync(join(projectRoot, file), 'utf8'));
  const resolved = analysis.plan.deployments.find(({ name }) => name === deployment);
  const evaluation = resolved && analysis.evaluationOf(resolved);
  if (!evaluation) throw new Error(`${file} has no deployment ${deployment} that can be computed`);
  return evaluation;
}
