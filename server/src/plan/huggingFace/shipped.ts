import type { Model } from '../model.ts';
import { isNeverQuantised } from './quantization/assign.ts';
import { ALL_PARTS, partsOf, spellingsOf } from './quantization/modules.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a checkpoint ships, by the names of its tensors in `model.safetensors.index.json`. */
export interface Shipped {
  /** Layers of the text model, those of prediction modules behind them included; 0 where no name says so. */
  readonly layers: number;
  /** Prediction modules that have names of their own. */
  readonly modules: number;
  /** Whether the output head has a tensor of its own. */
  readonly hasHead: boolean;
  readonly hasEmbedding: boolean;
  /** Whether there are tensors for pictures or sounds. */
  readonly hasOtherInputs: boolean;
  /** Bytes of all tensors; undefined where the file does not say. */
  readonly bytes?: number;
  /** Modules of layers, with `*` for numbers. */
  readonly kinds: ReadonlySet<string>;
}

const shippedByIndex = new WeakMap<Json, Shipped | null>();

/** Nothing for a file that names no tensors. An index may name some hundred thousand, so it is read once. */
export function shippedOf(index: Json): Shipped | undefined {
  const known = shippedByIndex.get(index);
  if (known !== undefined) return known ?? undefined;
  const shipped = read(index);
  shippedByIndex.set(index, shipped ?? null);
  return shipped;
}

/** Prediction modules that are there behind so many layers; undefined where the names do not tell. */
export function modulesShipped(shipped: Shipped | undefined, layers: number): number | undefined {
  if (!shipped || shipped.layers < layers) return undefined;
  return shipped.modules + shipped.layers - layers;
}

/** Whether the checkpoint has an embedding and no head, which then is the embedding. */
export function isHeadLeftOut(shipped: Shipped | undefined): boolean {
  return shipped?.hasEmbedding === true && !shipped.hasHead;
}

const LAYER =
  /^(?:model\.|language_model\.model\.|model\.language_model\.|language_model\.|backbone\.|transformer\.)?(?:layers|h|blocks)\.(\d+)\.(.*)$/;
const MODULE = /^(?:model\.)?mtp(?:_block|\.layers)?\.(\d+)\./;
const HEAD = /(?:^|\.)(?:lm_head|output_layer)\./;
const EMBEDDING = /(?:embed_tokens|word_embeddings|backbone\.embeddings?)\.weight$/;
const OTHER_INPUTS = /^(?:model\.)?(?:vision|visual|audio|mm_|multi_modal|image|vit\b)/;

function read(index: Json): Shipped | undefined {
  const names = isObject(index.weight_map) ? Object.keys(index.weight_map) : [];
  if (names.length === 0) return undefined;
  const total = isObject(index.metadata) ? index.metadata.total_size : undefined;
  const layers = new Set<number>();
  const modules = new Set<string>();
  const kinds = new Set<string>();
  let [hasHead, hasEmbedding, hasOtherInputs, hasModule] = [false, false, false, false];
  for (const name of names) {
    const [, number, path = ''] = LAYER.exec(name) ?? [];
    if (number !== undefined) {
      layers.add(Number(number));
      kinds.add(kindOf(path));
      continue;
    }
    hasHead ||= HEAD.test(name);
    hasEmbedding ||= EMBEDDING.test(name);
    hasOtherInputs ||= OTHER_INPUTS.test(name);
    hasModule ||= /^(?:model\.)?mtp[._]/.test(name);
    const module = MODULE.exec(name)?.[1];
    if (module !== undefined) modules.add(module);
  }
  return {
    layers: layers.size,
    modules: modules.size === 0 && hasModule ? 1 : modules.size,
    hasHead,
    hasEmbedding,
    hasOtherInputs,
    ...(typeof total === 'number' && total > 0 && { bytes: total }),
    kinds,
  };
}

/** Modules that no part of a model is spelled as. */
export function notCounted({ kinds }: Shipped): readonly string[] {
  return [...kinds].filter((kind) => !KNOWN.has(kind) && !isNeverQuantised(kind));
}

/** Modules that are counted in the layers of a model, and that no tensor is named after. */
export function notShipped({ kinds }: Shipped, { classes }: Pick<Model, 'classes'>): readonly string[] {
  if (kinds.size === 0) return [];
  const parts = [...new Set(classes.flatMap(partsOf))];
  return parts.flatMap((part) => {
    const modules = (['linear_attn', 'self_attn'] as const).flatMap((states) => spellingsOf(part, states).flat());
    return modules.some((module) => kinds.has(withoutNumbers(module))) ? [] : modules.slice(0, 1);
  });
}

/** A module within a layer: without numbers, and without what a tensor of it is called. */
function kindOf(path: string): string {
  const module = path.slice(0, path.lastIndexOf('.'));
  return withoutNumbers(module === '' ? path : module);
}

function withoutNumbers(module: string): string {
  return module.replace(/\.\d+(?=\.|$)/g, '.*');
}

const KNOWN: ReadonlySet<string> = new Set(
  (['linear_attn', 'self_attn'] as const).flatMap((states) =>
    ALL_PARTS.flatMap((part) =>
      spellingsOf(part, states)
        .flat()
        .map((module) => module.replace(/\.\d+(?=\.|$)/g, '.*')),
    ),
  ),
);

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
