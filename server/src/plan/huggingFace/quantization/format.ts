import type { NumberType } from '../../model.ts';
import type { ConfigReader } from '../configReader.ts';
import { Patterns } from './patterns.ts';

/** What a quantiser did, whatever its format. */
export interface Quantization {
  /** Which modules have which type. The first rule that names a module decides. */
  readonly rules: readonly Rule[];
  /** Modules that were left out, whatever the rules say. */
  readonly kept: Patterns;
  /** Type of the KV cache, where it was quantised too. */
  readonly kv?: NumberType;
}

export interface Rule {
  readonly type: NumberType;
  /** `linear`: every projection of every layer. `experts`: those of routed experts. */
  readonly modules: Patterns | 'linear' | 'experts';
  /** `linear` means the output head too. */
  readonly withHead?: boolean;
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
  return { notRead: `\`${field}\` of its quantization is ${written(value)}, which is not read yet` };
}

function written(value: unknown): string {
  const text = value === undefined ? 'missing' : JSON.stringify(value);
  return text.length > 120 ? `\`${text.slice(0, 120)}...\`` : `\`${text}\``;
}

/** Fields that say how activations are quantised, or how the quantiser came to its result. They change no stored byte. */
export function leaveNotes(fields: ConfigReader, names: string): void {
  for (const name of `quant_method ${names}`.trim().split(/\s+/)) fields.leave(name);
}

/** The lists under all names that quantisers give to modules which they leave out, and further patterns. */
export function keptModules(fields: ConfigReader, further: readonly string[] = []): Patterns {
  const listed = KEPT.flatMap((field) => fields.texts(field));
  return new Patterns([...listed, ...further]);
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
  leaveNotes(inner, SCHEME_NOTES);
  const bits = inner.optional('num_bits');
  const kind = inner.text('type');
  inner.optional('group_size');
  if (bits === 8 && (kind === 'float' || kind === 'int')) return kind === 'float' ? 'fp8' : 'int8';
  return bits === 4 && kind === 'float' ? 'nvfp4' : notRead('kv_cache_scheme', scheme);
}

const CACHES: Readonly<Record<string, NumberType>> = { FP8: 'fp8', INT8: 'int8', NVFP4: 'nvfp4' };

/** Of a scheme for weights, activations or the cache: what changes no stored byte. */
export const SCHEME_NOTES =
  'actorder observer observer_kwargs symmetric dynamic scale_dtype zp_dtype strategy is_online clip_ratio';
