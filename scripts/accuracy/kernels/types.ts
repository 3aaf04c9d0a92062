import type { NumberType } from '../../../server/src/plan/model.ts';

/** The type of the operands by the words of a `dtype` column, or nothing for a type that we do not know. */
export function numberType(dtype: string): NumberType | undefined {
  const word = dtype.toLowerCase();
  if (/nvfp4/.test(word)) return 'nvfp4';
  if (/mxfp4/.test(word)) return 'mxfp4';
  if (/int4|w4a16|awq|gptq/.test(word)) return 'int4';
  if (/fp8.?block/.test(word)) return 'fp8-block';
  if (/^(fp8|e4m3|mxfp8|float8)/.test(word)) return 'fp8';
  if (/^(bf16|bfloat16|fp16|float16|half)/.test(word)) return 'bf16';
  if (/^(int8|sq|w8a8)/.test(word)) return 'int8';
  if (/^(fp32|float32|tf32)/.test(word)) return 'fp32';
  return undefined;
}
