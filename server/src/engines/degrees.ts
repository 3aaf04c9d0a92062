/** How engines divide the GPUs of a pipeline stage among the ranks of the experts, and layers among stages. */

/** Degrees of the experts as stated, and what else an engine looks at. */
export interface SaidExperts {
  readonly etp?: number | undefined;
  readonly ep?: number | undefined;
  readonly edp?: number | undefined;
  /** Whether tokens reach their experts through DeepEP. */
  readonly isDeepEp: boolean;
}

/** Attention's degrees in a stage, and its GPUs. */
export interface StageDegrees {
  readonly tp: number;
  readonly cp: number;
  readonly dp: number;
  readonly gpus: number;
}

export interface ExpertDegrees {
  readonly etp: number;
  readonly ep: number;
  readonly edp: number;
}

export interface EngineDegrees {
  /** Completes the degrees of the experts. Those stated stay as they are, even where the engine would refuse them. */
  readonly experts: (said: SaidExperts, stage: StageDegrees) => ExpertDegrees;
  /** Why a degree that is left out has the value that `experts` gives it, in a clause. */
  readonly because: (degree: keyof ExpertDegrees, said: SaidExperts, stage: StageDegrees) => string;
  /** Number of layers in each stage of a pipeline when the plan names none. They add up to `layers`. */
  readonly split: (layers: number, stages: number) => readonly number[];
  /** Whether the engine runs with that `ep` on so many GPUs of a stage, experts' other degrees left to it. */
  readonly canSpread: (ep: number, gpus: number, said: Pick<SaidExperts, 'isDeepEp'>) => boolean;
  /** What becomes of layers whose number the stages do not divide, where no stage says which it has. */
  readonly unevenLayers: Uneven;
  /** What becomes of experts, replicas included, whose number `ep` does not divide. */
  readonly unevenExperts: Uneven;
  /** Whether experts may have more copies than `edp` gives them. */
  readonly hasRedundantExperts: boolean;
}

/** What becomes of things that cannot be shared out evenly. `refused` says in a clause what the engine asks for. */
export type Uneven =
  | { readonly kind: 'placed' }
  | { readonly kind: 'slower' }
  | { readonly kind: 'refused'; readonly because: string };

/** The engine shares them out as it does every number. */
export const PLACED: Uneven = { kind: 'placed' };

/** Some hold one more than others, which wait for them. */
export const SLOWER: Uneven = { kind: 'slower' };

/** GPUs of a stage that are left for a degree beside others that take `divisor` of them. At least 1. */
export function share(gpus: number, divisor: number): number {
  return Math.max(1, Math.floor(gpus / divisor));
}

/** Any `ep` that divides the GPUs of a stage. */
export function canSpreadOverDivisors(ep: number, gpus: number): boolean {
  return gpus % ep === 0;
}

/** One more layer for each of `more` stages, counted by their index. */
function uneven(layers: number, stages: number, hasMore: (stage: number, more: number) => boolean): readonly number[] {
  const base = Math.floor(layers / stages);
  const more = layers - base * stages;
  return Array.from({ length: stages }, (_, stage) => base + (hasMore(stage, more) ? 1 : 0));
}

/** The first stages get one layer more (TensorRT-LLM 1.2: `Mapping.pp_layers`, which is torch.tensor_split). */
export function firstGetMore(layers: number, stages: number): readonly number[] {
  return uneven(layers, stages, (stage, more) => stage < more);
}

/** The last stages get one layer more (SGLang 0.5: `get_pp_indices` in srt/distributed/utils.py). */
export function lastGetMore(layers: number, stages: number): readonly number[] {
  return uneven(layers, stages, (stage, more) => stage >= stages - more);
}

/**
 * The stages before the last get one layer more, the later ones first, because the last has the head as well (vLLM since
 * 0.7: `get_pp_indices` in distributed/utils.py).
 */
export function middleGetMore(layers: number, stages: number): readonly number[] {
  return uneven(layers, stages, (stage, more) => stage < stages - 1 && stage >= stages - 1 - more);
}

/** Whether nothing but one group of experts is stated, which every engine has when expert parallelism is off. */
function isOff({ etp, ep, edp }: SaidExperts): boolean {
  return etp === undefined && edp === undefined && (ep === undefined || ep === 1);
}

/**
 * Experts follow attention (`etp = tp`, copies over dp) while no degree is stated. With `ep` alone they stay whole (`etp =
 * 1`) and the remaining GPUs hold copies (`edp`), as in Megatron-Core's parallel folding (arXiv:2504.14960, section 3).
 */
export const foldedDegrees: EngineDegrees = {
  experts(said, { tp, gpus }) {
    const etp = said.etp ?? (isOff(said) ? tp : said.ep === undefined ? share(gpus, said.edp ?? 1) : 1);
    const ep = said.ep ?? (said.etp !== undefined && said.edp !== undefined ? share(gpus, said.etp * said.edp) : 1);
    return { etp, ep, edp: said.edp ?? share(gpus, etp * ep) };
  },
  because(degree, said, { tp, gpus }) {
    const { etp, ep } = foldedDegrees.experts(said, { tp, cp: 1, dp: 1, gpus });
    switch (degree) {
      case 'etp':
        if (isOff(said)) return `follows tp = ${tp}`;
        return said.ep === undefined
          ? `${gpus} GPUs of a stage / edp ${said.edp ?? 1}`
          : 'experts stay whole unless `etp` says so';
      case 'ep':
        return said.etp !== undefined && said.edp !== undefined
          ? `${gpus} GPUs of a stage / (etp ${said.etp} x edp ${said.edp})`
          : 'experts are not spread unless `ep` says so';
      case 'edp':
        return `${gpus} GPUs of a stage / (etp ${etp} x ep ${ep})`;
    }
  },
  split: firstGetMore,
  canSpread: canSpreadOverDivisors,
  unevenLayers: SLOWER,
  unevenExperts: SLOWER,
  hasRedundantExperts: true,
};
