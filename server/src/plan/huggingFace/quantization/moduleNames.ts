/** Names that checkpoints give to layers and prediction modules. Everything that reads such names reads them by this table. */

/** What may stand before the layers of a text model, and before its prediction modules and tables. */
export const PREFIXES: readonly string[] = [
  'model.',
  'language_model.model.',
  'model.language_model.',
  'language_model.',
  'backbone.',
  'language_model.backbone.',
  'transformer.',
  '',
];

/**
 * What stands before the number of a prediction module, where modules do not lie behind the last layer: `mtp.layers.0` of Qwen
 * and NVIDIA, `mtp.0` of DeepSeek-V4, `mtp_block.0` of ERNIE, `mtp_layers.0` of MiMo (vLLM, models/nemotron_h_mtp.py at
 * 01ca2773, mimo_mtp.py at 0bb55d60, ernie_mtp.py at b250ac3d; lists of public exports).
 */
const MODULES: readonly string[] = ['mtp.layers', 'mtp', 'mtp_block', 'mtp_layers'];

const LAYERS = ['layers', 'h', 'blocks'] as const;

/** A layer or a prediction module, and what is named within it: a path that is empty for the whole. Without a number, all modules are meant. */
export type Place =
  | { readonly kind: 'layer'; readonly number: number; readonly path: string }
  | { readonly kind: 'module'; readonly number: number | undefined; readonly path: string };

const PLACE = new RegExp(
  `^(?:${PREFIXES.map((prefix) => prefix.replaceAll('.', '\\.')).join('|')})(?:(?:${LAYERS.join('|')})\\.(\\d{1,5})|(?:${MODULES.map((name) => name.replaceAll('.', '\\.')).join('|')})(?:\\.(\\d{1,5}))?)(?:\\.(.*))?$`,
  's',
);

/** Where a whole name lies; undefined for what is outside of the text model's layers. */
export function placeOf(name: string): Place | undefined {
  const found = PLACE.exec(name);
  if (!found) return undefined;
  const [, layer, module, path = ''] = found;
  if (layer !== undefined) return { kind: 'layer', number: Number(layer), path };
  // `mtp.layers*`, `mtp.layers.*.mlp` and `mtp.layers.1*` mean modules by a number that is no single one.
  if (module === undefined && /^(?:layers|[*?[\d])/.test(path)) return undefined;
  return { kind: 'module', number: module === undefined ? undefined : Number(module), path };
}

/** All names of one layer or prediction module. */
export interface LayerNames {
  /** What stands before the path of a module in it. */
  readonly stems: readonly string[];
  /** The places that it is. */
  readonly places: readonly Pick<Place, 'kind' | 'number'>[];
}

export function namesOfLayer(layer: number): LayerNames {
  return {
    stems: PREFIXES.map((prefix) => `${prefix}layers.${layer}`),
    places: [{ kind: 'layer', number: layer }],
  };
}

/** Names of a prediction module: behind the last of so many layers, or of its own. */
export function namesOfModule(module: number, layers: number): LayerNames {
  const behind = namesOfLayer(layers + module);
  const own = PREFIXES.flatMap((prefix) => MODULES.map((name) => `${prefix}${name}.${module}`));
  return {
    stems: [...behind.stems, ...own],
    places: [...behind.places, { kind: 'module', number: module }, { kind: 'module', number: undefined }],
  };
}

function withPrefixes(...names: readonly string[]): readonly string[] {
  return PREFIXES.flatMap((prefix) => names.map((name) => `${prefix}${name}`));
}

export const HEAD_NAMES = withPrefixes('lm_head', 'output_layer');
export const EMBEDDING_NAMES = withPrefixes('embed_tokens', 'word_embeddings', 'embeddings', 'embedding', 'wte');

/** Modules outside of the text model's layers that stay wide in every quantisation that is read. */
export const OUTSIDE_NAMES: readonly string[] = [
  ...HEAD_NAMES,
  ...EMBEDDING_NAMES,
  'model.norm',
  'vision_tower.encoder.layers.0',
  'vision_model.model.layers.0',
  'model.visual.blocks.0',
  'multi_modal_projector.linear_1',
  'mm_projector.proj.0',
];

/** Modules of a layer or of a prediction module that stay wide in every quantisation. The count of bytes has them so too. */
export const WIDE_PATHS: readonly string[] = [
  'mlp.gate',
  'mlp.router',
  'block_sparse_moe.gate',
  'mlp.shared_expert_gate',
  'input_layernorm',
];

const NEVER_QUANTISED =
  /gate$|gate\.|gate\*|gate_weight|e_score_correction_bias|lm_head|embed|norm|router|sinks|eh_proj|shared_head|vision|visual|multi_modal|mm_projector|projector|audio|conv1d|in_proj_b?a$|in_proj_b$|(?:^|\.)hc_|dt_bias|A_log|indexers_proj|weights_proj|mtp_linear_proj|(?:^|\.)mtp\.fc|(?:^|\.)mtp(?:_layers)?\.(?:layers\.)?\d+\.(?:input_proj|[eh]_proj)/;

/** Whether a module stays wide in every quantisation: norms, routers, tables, what reads pictures, what joins two streams. */
export function isNeverQuantised(module: string): boolean {
  return NEVER_QUANTISED.test(module);
}
