import type { Evaluation } from '../evaluation.ts';
import { slowestGpu } from '../hardware.ts';
import type { Phase } from '../operation.ts';
import { forEachOperation } from './band.ts';
import { type ConstantSet, constantSets, engineSets, memorySet } from './constantSets.ts';
import type { Figure } from './figure.ts';
import type { Figures } from './figures.ts';

/** A set of constants with the formulas that used it, and its share of the time of all steps. */
export interface UsedConstants extends ConstantSet {
  readonly formulas: readonly string[];
  /**
   * Seconds of the operations that used it over those of all operations, in steps of these phases; 0 for constants that no
   * operation uses.
   */
  readonly share: number;
  readonly phases: readonly Phase[];
}

/** Every set of constants behind a deployment's predicted figures, with the largest share of the time first. */
export function constantsUsed(evaluation: Evaluation): readonly UsedConstants[] {
  const usedByName = new Map<
    string,
    { set: ConstantSet; seconds: number; formulas: Set<string>; phases: Set<Phase> }
  >();
  const use = (set: ConstantSet, seconds: number, formula: string | undefined, phase: Phase) => {
    const usage = usedByName.get(set.name) ?? {
      set,
      seconds: 0,
      formulas: new Set<string>(),
      phases: new Set<Phase>(),
    };
    usage.seconds += seconds;
    usage.phases.add(phase);
    if (formula !== undefined) usage.formulas.add(formula);
    usedByName.set(set.name, usage);
  };
  let total = 0;
  for (const prediction of evaluation.prediction.pools) {
    const gpu = slowestGpu(evaluation.cluster, prediction.pool.gpus);
    for (const step of prediction.steps) {
      forEachOperation(evaluation, prediction, step, (operation, seconds, operationGpu) => {
        total += seconds;
        for (const set of constantSets(operation, operationGpu)) use(set, seconds, operation.formula, step.phase);
      });
      if (gpu) for (const set of engineSets(gpu, prediction)) use(set, 0, undefined, step.phase);
      use(memorySet(prediction.pool, step.phase === 'training', gpu), 0, 'memory', step.phase);
    }
  }
  return [...usedByName.values()]
    .map(({ set, seconds, formulas, phases }) => ({
      ...set,
      formulas: [...formulas],
      share: total > 0 ? seconds / total : 0,
      phases: [...phases],
    }))
    .toSorted((left, right) => right.share - left.share);
}

/** Figures that belong to one phase. Other times depend on every step. */
const PHASES: ReadonlyMap<string, Phase> = new Map([
  ['ttft', 'prefill'],
  ['tpot', 'decode'],
] satisfies (readonly [keyof Figures, Phase])[]);

const OF_MEMORY: ReadonlySet<string> = new Set([
  'memoryOfFullestGpu',
  'memoryInTools',
  'requestsThatFit',
  'longestContext',
] satisfies (keyof Figures)[]);

/** Names of the sets behind one figure. Empty for a figure that is counted alone. */
export function constantsOfFigure(used: readonly UsedConstants[], name: string, { band }: Figure): readonly string[] {
  const isOfMemory = OF_MEMORY.has(name);
  if (!isOfMemory && !band) return [];
  const phase = PHASES.get(name);
  const candidates = used.filter(({ formulas }) => formulas.includes('memory') === isOfMemory);
  const ofPhase = candidates.filter(({ phases }) => phase === undefined || phases.includes(phase));
  return (ofPhase.length > 0 ? ofPhase : candidates).map((set) => set.name);
}
