import type { NumberType } from '../../model.ts';
import type { ConfigReader } from '../configReader.ts';
import { groupRules, int4 } from './compressedTensors.ts';
import {
  cacheType,
  type Format,
  isNotRead,
  keptModules,
  leaveNotes,
  type NotRead,
  notRead,
  type Quantization,
  type Rule,
} from './format.ts';

/**
 * NVIDIA ModelOpt. The same facts lie flat in `quantization_config`, nested there under `quantization`, or in the file
 * `hf_quant_config.json` beside the config. MIXED_PRECISION lists every module with an algorithm of its own.
 */
export const MODELOPT: Format = {
  methods: ['modelopt', 'modelopt_fp4', 'modelopt_mixed'],
  read(outer) {
    leaveNotes(outer, 'producer');
    const fields = outer.nested('quantization') ?? outer;
    const found = rulesOf(fields);
    if (isNotRead(found)) return found;
    const kv = cacheType(fields);
    if (kv && typeof kv !== 'string') return kv;
    leaveNotes(fields, 'has_zero_point pre_quant_scale');
    return { ...found, rules: [...keptModules(fields), ...found.rules], ...(kv && { kv }) };
  },
};

function rulesOf(fields: ConfigReader): Omit<Quantization, 'kv'> | NotRead {
  const algorithm = fields.text('quant_algo');
  const size = fields.optional('group_size');
  const layers = fields.nested('quantized_layers');
  if (layers) {
    fields.leave('config_groups');
    const rules = listedRules(layers);
    return isNotRead(rules) ? rules : { rules };
  }
  if (algorithm === undefined || algorithm === 'MIXED_PRECISION') {
    return fields.has('config_groups') ? groupRules(fields) : notRead('quant_algo', algorithm);
  }
  fields.leave('config_groups');
  const type = typeOf(algorithm, size);
  if (!type) return notRead('quant_algo', algorithm);
  const hasZeroPoint = type.startsWith('int4') && fields.flag('has_zero_point') === true;
  return { rules: [{ type, modules: 'linear' }], ...(hasZeroPoint && { zeroPoints: 'loaded' as const }) };
}

/** One rule for each type, with the modules that have it. */
function listedRules(layers: ConfigReader): readonly Rule[] | NotRead {
  const modules = new Map<NumberType, string[]>();
  for (const name of layers.names()) {
    const fields = layers.nested(name);
    const algorithm = fields?.text('quant_algo');
    const type = algorithm === undefined ? undefined : typeOf(algorithm, fields?.optional('group_size'));
    if (!type) return notRead(`quantized_layers.${name}.quant_algo`, algorithm);
    fields?.leave('has_zero_point');
    fields?.leave('pre_quant_scale');
    const ofType = modules.get(type) ?? [];
    ofType.push(name);
    modules.set(type, ofType);
  }
  return [...modules].map(([type, names]) => ({ type, modules: names }));
}

function typeOf(algorithm: string, size: number | undefined): NumberType | undefined {
  const known = Object.hasOwn(ALGORITHMS, algorithm) ? ALGORITHMS[algorithm] : undefined;
  return known ?? (/^W4A(?:16|8)(?:_AWQ|_GPTQ)?$/.test(algorithm) ? int4(size ?? 128) : undefined);
}

/** Algorithms by the type of their weights (`QuantAlgo` of TensorRT-LLM, `quant_algo` of ModelOpt's exports). */
const ALGORITHMS: Readonly<Record<string, NumberType>> = {
  FP8: 'fp8',
  FP8_PER_CHANNEL_PER_TOKEN: 'fp8-channel',
  FP8_PB_WO: 'fp8-block',
  FP8_BLOCK_SCALES: 'fp8-block',
  MXFP8: 'mxfp8',
  NVFP4: 'nvfp4',
  NVFP4_AWQ: 'nvfp4',
  W4A16_NVFP4: 'nvfp4',
  W4A8_NVFP4_FP8: 'nvfp4',
  W4A16_MXFP4: 'mxfp4',
  W4A8_MXFP4_FP8: 'mxfp4',
  W4A8_MXFP4_MXFP8: 'mxfp4',
  W8A8_SQ_PER_CHANNEL: 'int8',
  INT8_SQ: 'int8',
  W8A16: 'int8',
};
