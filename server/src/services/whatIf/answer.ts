import type { Evaluation } from '../../cost/evaluation.ts';
import { figuresOf } from '../../cost/figures/figures.ts';
import { formatOf } from '../../cost/format.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import { type Analysis, deploymentNamed } from '../analysis.ts';
import { changedRows } from '../changes.ts';
import { fitsAll } from '../fit.ts';
import type { WhatIfAnswer, WhatIfKnob, WhatIfOption, WhatIfState } from '../preview/whatIfProtocol.ts';
import { type Changes, type Knob, knobsOf, optionsWith, settingsOf } from './knobs.ts';
import type { Option } from './options/option.ts';
import { stepsOf } from './steps.ts';
import { tryOut } from './trial.ts';
import { describeEdit } from './write.ts';

/**
 * A deployment beside itself with some values changed: figures, memory, limits and new findings. The text is not changed:
 * the changed deployment is resolved from changed entities. Undefined when the document has no such deployment.
 */
export function whatIf(analysis: Analysis, deployment: string, changes: Changes): WhatIfAnswer | undefined {
  const resolved = deploymentNamed(analysis, deployment);
  if (!resolved) return undefined;
  const knobs = knobsOf(resolved);
  const shown = knobs.map((knob) => shownKnob(analysis, resolved, knob, changes[knob.name]));
  const options = optionsWith(analysis, resolved, changes).map((option) => shownOption(option, changes[option.name]));
  const before = analysis.evaluationOf(resolved);
  const answer = { deployment, knobs: shown, options, ...(before && { before: stateOf(before) }) };
  const settings = settingsOf(analysis, resolved, changes);
  if (typeof settings === 'string') return { ...answer, invalid: settings };
  if (!before) return { ...answer, invalid: resolved.invalid ?? `${deployment} cannot be computed as it is written` };
  const variant = tryOut(analysis, resolved, settings);
  if (typeof variant === 'string') return { ...answer, invalid: variant };
  const { evaluation, findings } = variant;
  return {
    ...answer,
    after: stateOf(evaluation),
    rows: changedRows(before, evaluation),
    findings: findings.map(({ severity, rule, message }) => ({ severity, rule, message })),
    ...(settings.length > 0 && { writes: describeEdit(analysis, resolved, settings) }),
  };
}

function stateOf(evaluation: Evaluation): WhatIfState {
  const { memoryOfFullestGpu, capacityOfFullestGpu } = figuresOf(evaluation);
  return {
    limit: evaluation.prediction.bottleneck.text,
    fits: fitsAll(evaluation.memory),
    memoryBytes: memoryOfFullestGpu.value,
    capacityBytes: capacityOfFullestGpu.value,
    memory: formatOf(memoryOfFullestGpu, capacityOfFullestGpu),
  };
}

function shownKnob(
  analysis: Analysis,
  resolved: ResolvedDeployment,
  knob: Knob,
  value: number | string | undefined,
): WhatIfKnob {
  const possible = stepsOf(analysis, resolved, knob);
  const { name, label, unit, written, isWhole } = knob;
  return {
    name,
    label,
    unit,
    written,
    value: typeof value === 'number' ? value : written,
    isWhole,
    steps: possible,
    ...noteOf(knob, possible),
  };
}

function shownOption(
  { name, label, group, written, choices }: Option,
  value: number | string | undefined,
): WhatIfOption {
  return { name, label, group, written, value: String(value ?? written), choices };
}

/** Why a knob has only one position. */
function noteOf({ name, settings, written }: Knob, possible: readonly number[]): Pick<WhatIfKnob, 'note'> {
  if (name !== 'gpus' || possible.length > 1) return {};
  const reason = settings(written * 2);
  return { note: typeof reason === 'string' ? reason : 'no other number of GPUs divides by the degrees written' };
}
