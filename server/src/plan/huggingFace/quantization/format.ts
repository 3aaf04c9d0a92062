import type { NumberType } from '../../model.ts';
import type { ConfigReader } from '../configReader.ts';

/** What a quantiser did, whatever its format. */
export interface Quantization {
  /** Which modules have which type. The first rule that names a module decides; one that none names is wide. */
  readonly rules: readonly Rule[];
  /** Type of the KV cache, where it was quantised too. */
  readonly kv?: NumberType;
  /** Of all int4 groups; see `TensorTypes`. */
  readonly zeroPoints?: 'loaded' | 'stored';
}

export interface Rule {
  /** `wide`: the modules were left out, and have the type of what is not quantised. */
  readonly type: NumberType | 'wide';
  /**
   * Names and patterns, or a class: `linear` is every projection of every layer, `experts` those of routed experts, `embedding` the
   * table of tokens.
   */
  readonly modules: readonly string[] | 'linear' | 'experts' | 'embedding';
  /** What it may mean beside layers. Names mean everything unless said, `linear` nothing. */
  readonly beside?: 'nothing' | 'head';
}

/** Rules for pairs of a pattern and its type, in their order. */
export function rulesOf(
  pairs: Iterable<readonly [pattern: string, type: Rule['type']]>,
  beside?: Rule['beside'],
): Rule[] {
  const rules: {
    readonly type: Rule['type'];
    readonly modules: string[];
    readonly beside?: NonNullable<Rule['beside']>;
  }[] = [];
  for (const [pattern, type] of pairs) {
    const last = rules.at(-1);
    if (last?.type === type) last.modules.push(pattern);
    else rules.push({ type, modules: [pattern], ...(beside && { beside }) });
  }
  return rules;
}

/** What is wrong with a quantisation, as a part of a sentence: `quant_algo` ... is not read yet. */
export interface NotRead {
  readonly notRead: string;
}

/** One format family. Its file is all that has to be added for a new one. */
export interface Format {
  /** Values of `quant_method`. */
  readonly methods: readonly string[];
  /** Reads the fields of `quantization_config`. What it does not ask for is reported with its path. */
  read(fields: ConfigReader): Quantization | NotRead;
}

export function isNotRead(value: object): value is NotRead {
  return 'notRead' in value;
}

export function notRead(field: string, value: unknown): NotRead {
  return fieldNotRead(`\`${field}\` of its quantization`, value);
}

/** Of a field that lies elsewhere, as it is named in a sentence. */
export function fieldNotRead(field: string, value: unknown): NotRead {
  if (value === undefined) return { notRead: `${field} is missing` };
  const text = JSON.stringify(cut(value, DEEPEST)) ?? 'null';
  return { notRead: `${field} is \`${text.length > 120 ? `${text.slice(0, 120)}...` : text}\`, which is not read yet` };
}

/** Nested deeper, nothing is quoted. */
const DEEPEST = 4;

/** More fields or items are not quoted. */
const MOST_QUOTED = 20;

/** A value without what is nested too deeply to be quoted. */
function cut(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return Array.isArray(value) ? ['...'] : '...';
  if (Array.isArray(value)) return value.slice(0, MOST_QUOTED).map((item) => cut(item, depth - 1));
  const fields = Object.entries(value).slice(0, MOST_QUOTED);
  return Object.fromEntries(fields.map(([name, inner]) => [name, cut(inner, depth - 1)]));
}

/** Fields that say how activations are quantised, or how the quantiser came to its result. They change no stored byte. */
export function leaveNotes(fields: ConfigReader, names: string): void {
  for (const name of `quant_method ${names}`.trim().split(/\s+/)) fields.leave(name);
}

/** The lists under all names that quantisers give to modules which they leave out. They go before all other rules. */
export function keptModules(fields: ConfigReader): readonly Rule[] {
  const modules = KEPT.flatMap((field) => fields.texts(field));
  return modules.length > 0 ? [{ type: 'wide', modules }] : [];
}

const KEPT = [
  'modules_to_not_convert',
  'ignored_layers',
  'ignore',
  'exclude_modules',
  'llm_int8_skip_modules',
] as const;

/** Of `kv_cache_quant_algo` and `kv_cache_scheme`; undefined for a cache in 16 bits. */
export function cacheType(fields: ConfigReader): NumberType | NotRead | undefined {
  const algorithm = fields.any('kv_cache_quant_algo');
  if (algorithm !== undefined && algorithm !== 'NONE' && algorithm !== 'NO_QUANT') {
    const type = typeof algorithm === 'string' && Object.hasOwn(CACHES, algorithm) ? CACHES[algorithm] : undefined;
    return type ?? notRead('kv_cache_quant_algo', algorithm);
  }
  const scheme = fields.any('kv_cache_scheme');
  // AutoFP8 writes whether scales are static; its caches are always FP8.
  if (scheme === undefined || scheme === 'static' || scheme === 'dynamic')
    return scheme === undefined ? undefined : 'fp8';
  const inner = fields.nested('kv_cache_scheme');
  if (!inner) return notRead('kv_cache_scheme', scheme);
  leaveNotes(inner, `${SCHEME_NOTES} symmetric`);
  const bits = inner.optional('num_bits');
  const kind = inner.text('type');
  inner.optional('group_size');
  if (bits === 8 && (kind === 'float' || kind === 'int')) return kind === 'float' ? 'fp8' : 'int8';
  return bits === 4 && kind === 'float' ? 'nvfp4' : notRead('kv_cache_scheme', scheme);
}

const CACHES: Readonly<Record<string, NumberType>> = { FP8: 'fp8', INT8: 'int8', NVFP4: 'nvfp4' };

/** Of a scheme for weights, activations or the cache: what changes no stored byte. */
export const SCHEME_NOTES =
  'actorder observer observer_kwargs dynamic scale_dtype zp_dtype strategy is_online clip_ratio';
