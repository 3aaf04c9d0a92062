import type { NumberType } from '../../model.ts';
import { ConfigReader } from '../configReader.ts';
import { BITSANDBYTES } from './bitsandbytes.ts';
import { COMPRESSED_TENSORS } from './compressedTensors.ts';
import { type Format, fieldNotRead, isNotRead, type NotRead, notRead, type Quantization, type Rule } from './format.ts';
import { FP8 } from './fp8.ts';
import { INTEGER_GROUPS } from './integerGroups.ts';
import { MODELOPT } from './modelopt.ts';
import { MXFP4 } from './mxfp4.ts';

/** In which types a checkpoint stores its tensors. */
export interface Stored {
  /** What is not quantised. */
  readonly wide: NumberType;
  readonly quantization?: Quantization;
}

/** All formats that are read. A new one is a file with its name here. */
const FORMATS: readonly Format[] = [FP8, COMPRESSED_TENSORS, MODELOPT, INTEGER_GROUPS, MXFP4, BITSANDBYTES];

/**
 * How a checkpoint is stored: by the `quantization_config` of its text model or of the whole, else by `hf_quant_config.json`
 * beside it, as vLLM and TensorRT-LLM look for them. A reason where it is not read.
 */
export function storedTypesOf(
  read: ConfigReader,
  outer: ConfigReader,
  beside: Readonly<Record<string, unknown>> | undefined,
): Stored | NotRead {
  const wide = wideType(read, outer);
  if (typeof wide !== 'string') return wide;
  const own = read.nested('quantization_config') ?? outer.nested('quantization_config');
  const other = beside && new ConfigReader(beside);
  const fields = own ?? (other?.has('quantization') ? other : undefined);
  const experts = expertRules(read);
  if (isNotRead(experts)) return experts;
  if (!fields) return { wide };
  const quantization = fields === other ? MODELOPT.read(fields) : ofMethod(fields);
  if (isNotRead(quantization)) return quantization;
  const unread = fields === other ? fields.unread() : [];
  if (unread.length > 0) return { notRead: `\`${unread.join('`, `')}\` of \`hf_quant_config.json\` is not understood` };
  const isFp8 = own?.text('quant_method') === 'fp8';
  const isKept = ({ type }: Rule) => type === 'wide';
  const rules = isFp8
    ? [...quantization.rules.filter(isKept), ...experts, ...quantization.rules.filter((rule) => !isKept(rule))]
    : quantization.rules;
  const kv = quantization.kv ?? (own && other ? cacheBeside(other) : undefined);
  return {
    wide,
    quantization: { ...quantization, rules, ...(kv && { kv }) },
  };
}

function ofMethod(fields: ConfigReader): Quantization | NotRead {
  const method = fields.any('quant_method') ?? (fields.has('quantization') ? 'modelopt' : undefined);
  const format = FORMATS.find(({ methods }) => typeof method === 'string' && methods.includes(method));
  return format ? format.read(fields) : notRead('quant_method', method);
}

/** The cache's type by the file beside, where the config says nothing of it. */
function cacheBeside(beside: ConfigReader): NumberType | undefined {
  const found = MODELOPT.read(beside);
  return isNotRead(found) ? undefined : found.kv;
}

/** DeepSeek-V4 says beside its quantisation to FP8 that experts are MXFP4. Where another quantiser ran, that decides. */
function expertRules(read: ConfigReader): readonly Rule[] | NotRead {
  const type = read.any('expert_dtype');
  if (type === undefined || type === 'fp8') return [];
  return type === 'fp4' ? [{ type: 'mxfp4', modules: 'experts' }] : fieldNotRead('its `expert_dtype`', type);
}

/** Of what is not quantised. Both 16-bit types take as much, and engines run either as bf16. */
function wideType(read: ConfigReader, outer: ConfigReader): NumberType | NotRead {
  const [written] = [outer, read].flatMap((reader) =>
    ['dtype', 'torch_dtype'].flatMap((field) => {
      const value = reader.any(field);
      return value === undefined ? [] : [{ field, value }];
    }),
  );
  if (!written) return 'bf16';
  const { field, value } = written;
  const name = typeof value === 'string' ? value.replace(/^torch\./, '') : undefined;
  const type = name !== undefined && Object.hasOwn(DTYPES, name) ? DTYPES[name] : undefined;
  return type ?? fieldNotRead(`its \`${field}\``, value);
}

const DTYPES: Readonly<Record<string, NumberType>> = {
  auto: 'bf16',
  bfloat16: 'bf16',
  bf16: 'bf16',
  float16: 'bf16',
  fp16: 'bf16',
  half: 'bf16',
  float32: 'fp32',
  fp32: 'fp32',
  float: 'fp32',
};
