import type { NumberType } from '../../model.ts';
import type { ConfigReader } from '../configReader.ts';
import { cacheType, type Format, keptModules, leaveNotes, type NotRead, notRead } from './format.ts';

/**
 * FP8 as transformers, vLLM and AutoFP8 write it: per tensor, or in blocks with a scale each; FBGEMM's, with a scale per
 * output channel; MXFP8, with a scale per 32 elements. Routers, norms, embedding and head stay wide.
 */
export const FP8: Format = {
  methods: ['fp8', 'fbgemm_fp8', 'mxfp8'],
  read(fields) {
    const type = typeOf(fields);
    if (typeof type !== 'string') return type;
    const kv = cacheType(fields);
    if (kv && typeof kv !== 'string') return kv;
    leaveNotes(fields, 'activation_scheme fmt scale_fmt activation_scale_ub is_checkpoint_fp8_serialized dequantize');
    return { rules: [...keptModules(fields), { type, modules: 'linear' }], ...(kv && { kv }) };
  },
};

function typeOf(fields: ConfigReader): NumberType | NotRead {
  const method = fields.text('quant_method');
  if (method === 'fbgemm_fp8') return 'fp8-channel';
  if (method === 'mxfp8') return 'mxfp8';
  const block = fields.any('weight_block_size');
  if (block === undefined) return 'fp8';
  if (isBlock(block, 128, 128)) return 'fp8-block';
  return isBlock(block, 1, 32) ? 'mxfp8' : notRead('weight_block_size', block);
}

export function isBlock(block: unknown, rows: number, columns: number): boolean {
  return Array.isArray(block) && block.length === 2 && block[0] === rows && block[1] === columns;
}
