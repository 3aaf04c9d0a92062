import { propertySpec } from '../../language/vocabulary/vocabulary.ts';
import type { Deployment } from '../../plan/deployment.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import { childOf, numberOf, targetOf } from '../../plan/values.ts';
import type { Analysis } from '../analysis.ts';
import { gpuSettings } from './gpus.ts';
import { optionSettings, optionsOf } from './options/index.ts';
import type { Option, OptionPlace } from './options/option.ts';
import { type Setting, stepTo } from './settings.ts';

/** The values of a deployment that can be changed, by the name of their property. */
export type KnobName =
  | 'sequences'
  | 'length'
  | 'input'
  | 'output'
  | 'concurrency'
  | 'request-rate'
  | 'global-batch'
  | 'gpus';

export interface Knob {
  readonly name: KnobName;
  readonly label: string;
  /** Written after the number: `tokens`. */
  readonly unit: string;
  readonly written: number;
  readonly isWhole: boolean;
  /** Settings that give it the value, or a sentence that says why it cannot have it. */
  settings(value: number): readonly Setting[] | string;
}

/** Values by the name of a knob or an option. What has no value here stays as written. */
export type Changes = Readonly<Record<string, number | string>>;

/** The knobs that a deployment has with its workload. Empty until model, cluster and workload are known. */
export function knobsOf(resolved: ResolvedDeployment): readonly Knob[] {
  const { draft } = resolved;
  if (!draft) return [];
  return [...workloadKnobs(resolved, draft), gpuKnob(resolved, draft)];
}

function workloadKnobs(resolved: ResolvedDeployment, { workload }: Deployment): readonly Knob[] {
  const knob = (name: KnobName, label: string, unit: string, written: number): Knob => ({
    name,
    label,
    unit,
    written,
    isWhole: name !== 'request-rate',
    settings: (value) => outOfRange(resolved, name, value) ?? [{ block: 'workload', path: [], property: name, value }],
  });
  switch (workload.kind) {
    case 'batch':
      return [
        knob('sequences', 'Batch', 'sequences', workload.sequences),
        knob('length', 'Sequence length', 'tokens', workload.length),
      ];
    case 'serving': {
      const { concurrency, requestRate } = workload;
      return [
        knob('input', 'Input length', 'tokens', workload.input),
        knob('output', 'Output length', 'tokens', workload.output),
        ...(concurrency === undefined ? [] : [knob('concurrency', 'Concurrency', 'requests', concurrency)]),
        ...(requestRate === undefined ? [] : [knob('request-rate', 'Request rate', 'requests/s', requestRate)]),
      ];
    }
    case 'training':
      return [
        knob('global-batch', 'Global batch', 'sequences', workload.globalBatch),
        knob('length', 'Sequence length', 'tokens', workload.length),
      ];
  }
}

function gpuKnob(resolved: ResolvedDeployment, draft: Deployment): Knob {
  return {
    name: 'gpus',
    label: 'GPUs',
    unit: 'GPUs',
    written: draft.gpus.length,
    isWhole: true,
    settings: (value) =>
      Number.isSafeInteger(value) && value > 0
        ? gpuSettings(resolved, draft, value)
        : 'the number of GPUs must be a whole number of at least 1',
  };
}

/** What the language would report if the value were in the text. */
function outOfRange({ entity }: ResolvedDeployment, name: KnobName, value: number): string | undefined {
  const workload = targetOf(entity, 'workload');
  const spec = workload && propertySpec(workload.spec, name);
  const isWhole = name !== 'request-rate';
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = spec?.range ?? {};
  if (Number.isFinite(value) && value >= min && value <= max && (!isWhole || Number.isSafeInteger(value)))
    return undefined;
  return isWhole ? `\`${name}\` must be a whole number of at least ${min}` : `\`${name}\` must be a number over 0`;
}

/**
 * The settings of all changes together, or the reason why one of them cannot be made. An unchanged value needs no setting.
 */
export function settingsOf(
  analysis: Analysis,
  resolved: ResolvedDeployment,
  changes: Changes,
): readonly Setting[] | string {
  const { draft } = resolved;
  if (!draft) return [];
  const settings: Setting[] = [];
  for (const knob of knobsOf(resolved)) {
    const value = numberIn(changes, knob.name);
    if (value === undefined || value === knob.written) continue;
    const knobSettings = knob.settings(value);
    if (typeof knobSettings === 'string') return knobSettings;
    settings.push(...knobSettings);
  }
  if (settings.length > 0) settings.push(...microBatches(resolved, changes));
  const place = optionPlace(analysis, resolved, draft, changes);
  const ofOptions = optionSettings(place, changes);
  return typeof ofOptions === 'string' ? ofOptions : lastOfEach([...settings, ...ofOptions]);
}

/** One setting for each property: what follows from several changes is said last. */
function lastOfEach(settings: readonly Setting[]): readonly Setting[] {
  const byPlace = new Map<string, Setting>();
  for (const setting of settings) {
    const { block, path, property } = setting;
    byPlace.set(JSON.stringify([block, path, property]), setting);
  }
  return [...byPlace.values()];
}

/** The options that a deployment has beside its knobs. Empty until model, cluster and workload are known. */
export function optionsWith(analysis: Analysis, resolved: ResolvedDeployment, changes: Changes): readonly Option[] {
  const { draft } = resolved;
  return draft ? optionsOf(optionPlace(analysis, resolved, draft, changes)) : [];
}

function optionPlace(
  analysis: Analysis,
  resolved: ResolvedDeployment,
  draft: Deployment,
  changes: Changes,
): OptionPlace {
  const { gpus, workload } = draft;
  const scale = (numberIn(changes, 'gpus') ?? gpus.length) / gpus.length;
  const batch = workload.kind === 'training' ? workload.globalBatch : 1;
  return { analysis, resolved, draft, scale, batchScale: (numberIn(changes, 'global-batch') ?? batch) / batch };
}

function numberIn(changes: Changes, name: string): number | undefined {
  const value = changes[name];
  return typeof value === 'number' ? value : undefined;
}

/**
 * Written micro-batches follow the changes: more sequences make more of them, and more copies of the model fewer. When the
 * result is not a whole number they stay, and the checker reports what is wrong.
 */
function microBatches({ entity, draft }: ResolvedDeployment, changes: Changes): readonly Setting[] {
  const parallel = childOf(entity, 'parallel');
  const written = numberOf(parallel, 'micro-batches');
  if (!draft || !parallel || written === undefined || draft.workload.kind !== 'training') return [];
  const { globalBatch } = draft.workload;
  const { length: gpus } = draft.gpus;
  const batch = numberIn(changes, 'global-batch') ?? globalBatch;
  const needed = (written * batch * gpus) / (globalBatch * (numberIn(changes, 'gpus') ?? gpus));
  if (needed === written || !Number.isInteger(needed)) return [];
  return [{ block: 'deployment', path: [stepTo(parallel)], property: 'micro-batches', value: needed }];
}
