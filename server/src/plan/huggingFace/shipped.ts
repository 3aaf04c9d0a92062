import { Memo } from '../../language/memo.ts';
import type { Model } from '../model.ts';
import { isNeverQuantised, placeOf } from './quantization/moduleNames.ts';
import { ALL_PARTS, modulesOf, partsOf } from './quantization/modules.ts';

type Json = Readonly<Record<string, unknown>>;

/** What a checkpoint ships, by the names of its tensors in `model.safetensors.index.json`. */
export interface Shipped {
  /** Layers of the text model, those of prediction modules behind them included; 0 where no name says so. */
  readonly layers: number;
  /** Layers of prediction modules that have names of their own. */
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

const shippedByIndex = new Memo<Json, Shipped | null>();

/** Nothing for a file that names no tensors. An index may name some hundred thousand, so it is read once. */
export function shippedOf(index: Json): Shipped | undefined {
  const known = shippedByIndex.get(index);
  if (known !== undefined) return known ?? undefined;
  const shipped = read(index);
  shippedByIndex.set(index, shipped ?? null);
  return shipped;
}

/**
 * Prediction modules that are there behind so many layers, where one has names of so many; undefined where the names do not tell.
 */
export function modulesShipped(shipped: Shipped | undefined, layers: number, perModule: number): number | undefined {
  if (!shipped || shipped.layers < layers) return undefined;
  return Math.ceil(shipped.modules / perModule) + shipped.layers - layers;
}

/** Whether the checkpoint has an embedding and no head, which then is the embedding. */
export function isHeadLeftOut(shipped: Shipped | undefined): boolean {
  return shipped?.hasEmbedding === true && !shipped.hasHead;
}

const HEAD = /(?:^|\.)(?:lm_head|output_layer)\./;
const EMBEDDING = /(?:embed_tokens|word_embeddings|backbone\.embeddings?)\.weight$/;
const OTHER_INPUTS = /^(?:model\.)?(?:vision|visual|audio|mm_|multi_modal|image|vit\b)/;

/** What joins the streams of a prediction module may lie beside it. */
const BESIDE_MODULE = /^(?:model\.|language_model\.)*mtp_/;

function read(index: Json): Shipped | undefined {
  const names = isObject(index.weight_map) ? Object.keys(index.weight_map) : [];
  if (names.length === 0) return undefined;
  const total = isObject(index.metadata) ? index.metadata.total_size : undefined;
  const layers = new Set<number>();
  const modules = new Set<number>();
  const kinds = new Set<string>();
  let [hasHead, hasEmbedding, hasOtherInputs, hasModule] = [false, false, false, false];
  for (const name of names) {
    const place = placeOf(name);
    if (place?.kind === 'layer') {
      layers.add(place.number);
      kinds.add(kindOf(place.path));
      continue;
    }
    if (place?.number !== undefined) modules.add(place.number);
    hasModule ||= place !== undefined || BESIDE_MODULE.test(name);
    hasHead ||= HEAD.test(name);
    hasEmbedding ||= EMBEDDING.test(name);
    hasOtherInputs ||= OTHER_INPUTS.test(name);
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

/**
 * Modules of which nothing is counted: those that lie in nothing that a layer is known to have. Within attention or a network a
 * family may count more than the projections that have a type of their own.
 */
export function notCounted({ kinds }: Shipped): readonly string[] {
  return [...kinds].filter((kind) => !COUNTED.has(outermost(kind)) && !isNeverQuantised(kind));
}

/** Modules that are counted in the layers of a model, and that no tensor is named after. */
export function notShipped({ kinds }: Shipped, { classes }: Pick<Model, 'classes'>): readonly string[] {
  if (kinds.size === 0) return [];
  const parts = [...new Set(classes.flatMap(partsOf))];
  return parts.flatMap((part) => {
    const modules = modulesOf(part);
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

function outermost(module: string): string {
  return module.split('.')[0] ?? module;
}

const COUNTED: ReadonlySet<string> = new Set(ALL_PARTS.flatMap(modulesOf).map(outermost));

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
