import type { Entity } from '../../language/entity.ts';
import { Memo } from '../../language/memo.ts';
import type { Deployment } from '../../plan/deployment.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import type { Analysis } from '../analysis.ts';
import { type Knob, settingsOf } from './knobs.ts';
import { changedBlock, soundnessOf } from './trial.ts';

/** The positions of a slider range from a 64th of the written value to 64 times as much. */
const REACH = 6;
/** More GPUs than this are not tried, because each plan needs a layout, which takes time. */
const MOST_TRIED = 4_096;

/** Positions of the slider follow from the text alone, so they are found once for each deployment. */
const knownSteps = new Memo<Entity, Map<string, readonly number[]>>();

/** The positions of a knob's slider, those at which the deployment can be resolved and rules have nothing against it. */
export function stepsOf(analysis: Analysis, resolved: ResolvedDeployment, knob: Knob): readonly number[] {
  const ofDeployment = knownSteps.get(resolved.entity) ?? new Map<string, readonly number[]>();
  knownSteps.set(resolved.entity, ofDeployment);
  const known = ofDeployment.get(knob.name);
  if (known) return known;
  const isSound = knob.name === 'gpus' ? soundnessOf(analysis, resolved) : () => true;
  const possible = steps(knob, resolved.draft, (value) => {
    const settings = settingsOf(analysis, resolved, { [knob.name]: value });
    if (typeof settings === 'string') return false;
    const block = changedBlock(analysis, resolved, settings);
    return block?.deployments[0]?.deployment !== undefined && isSound(block);
  });
  ofDeployment.set(knob.name, possible);
  return possible;
}

/**
 * The positions of a knob's slider, ascending and including the written value. Amounts double, with one position in
 * between. Numbers of GPUs are those for which the deployment has a layout.
 */
function steps(knob: Knob, draft: Deployment | undefined, isPossible: (value: number) => boolean): readonly number[] {
  const { written, name, isWhole } = knob;
  const amountsTried = name === 'gpus' ? gpuCounts(written, draft) : amounts(written, isWhole);
  const possible =
    name === 'gpus' ? amountsTried.filter((value) => value === written || isPossible(value)) : amountsTried;
  return [...new Set([...possible, written])].sort((left, right) => left - right);
}

function amounts(written: number, isWhole: boolean): readonly number[] {
  const doubled = Array.from({ length: 2 * REACH + 1 }, (_, index) => written * 2 ** (index - REACH));
  const mixed = doubled.flatMap((value) => [value, value * 1.5]);
  return isWhole ? mixed.map(Math.round).filter((value) => value >= 1) : mixed;
}

/** Parts and multiples, and single nodes up to twice their number. Many have no layout: which depends on the degrees. */
function gpuCounts(written: number, draft: Deployment | undefined): readonly number[] {
  const node = draft?.cluster.groups[0]?.node.gpus ?? 1;
  const nodes = Math.ceil(written / node);
  const single = nodes <= 16 ? Array.from({ length: 2 * nodes }, (_, index) => (index + 1) * node) : [];
  const counts = new Set([...single, ...FACTORS.map((factor) => factor * written)]);
  return [...counts].filter((value) => Number.isInteger(value) && value >= 1 && value <= MOST_TRIED);
}

const FACTORS = [1 / 8, 1 / 4, 3 / 8, 1 / 2, 5 / 8, 3 / 4, 7 / 8, 5 / 4, 3 / 2, 7 / 4, 2, 5 / 2, 3, 4, 5, 6, 7, 8];
