import type { NumberType } from '../../model.ts';
import type { ConfigReader } from '../configReader.ts';
import { type Format, keptModules, leaveNotes, type NotRead, notRead } from './format.ts';

/**
 * bitsandbytes: int8, or four bits with an fp32 scale for 64 elements, which takes as much as a 16-bit scale for 32. Double
 * quantisation keeps these scales in a byte, and one more for 256 of them: as much as a 16-bit scale for 128, to a thousandth.
 */
export const BITSANDBYTES: Format = {
  methods: ['bitsandbytes'],
  read(fields) {
    const type = typeOf(fields);
    if (typeof type !== 'string') return type;
    leaveNotes(
      fields,
      `_load_in_4bit _load_in_8bit bnb_4bit_compute_dtype bnb_4bit_quant_type llm_int8_enable_fp32_cpu_offload
      llm_int8_has_fp16_weight llm_int8_threshold`,
    );
    return { rules: [...keptModules(fields), { type, modules: 'linear' }] };
  },
};

function typeOf(fields: ConfigReader): NumberType | NotRead {
  const isFour = fields.flag('load_in_4bit') ?? false;
  const isEight = fields.flag('load_in_8bit') ?? false;
  const isDouble = fields.flag('bnb_4bit_use_double_quant') ?? false;
  const stored = fields.text('bnb_4bit_quant_storage');
  if (stored !== undefined && stored !== 'uint8' && stored !== 'bfloat16' && stored !== 'float16')
    return notRead('bnb_4bit_quant_storage', stored);
  if (isFour) return isDouble ? 'int4-128' : 'int4';
  if (isEight) return 'int8';
  return { notRead: 'its quantization `bitsandbytes` has neither `load_in_4bit` nor `load_in_8bit`' };
}
