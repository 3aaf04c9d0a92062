/** A class of tensors of `types { }`, and how a checkpoint stores it. */
export interface StoredType {
  readonly property: 'weights' | 'experts' | 'kv';
  readonly type: string;
}

/** What the end of a checkpoint's name says about how its tensors are stored. */
export interface Checkpoint {
  /** The name of the model that it was made from. */
  readonly base: string;
  /** The end of the name, as it is written: `FP8`. */
  readonly format: string;
  /** Empty where no type of this language is that format. */
  readonly types: readonly StoredType[];
  /** What the name leaves open and only the checkpoint's own config says. */
  readonly open?: string;
}

interface Format {
  readonly ends: RegExp;
  /** Publishers whose checkpoints mean this by the name. Without it, everybody means it. */
  readonly owner?: RegExp;
  readonly types?: string;
  readonly open?: string;
}

const KEPT_WIDE = 'tensors that its config leaves wider are said there too';

/**
 * Ends of names, the first that fits. Read in configs on the hub: Qwen3.6-35B-A3B-FP8, GLM-5-FP8 (blocks of 128 x 128),
 * Llama-3.1-70B-Instruct-FP8 and DeepSeek-V3.1, Qwen3-235B-A22B, Kimi-K2.6, GLM-5.1-NVFP4 of NVIDIA (one scale a tensor;
 * the KV cache in FP8; attention converted whole, in part or not at all), Llama-4-Scout-FP8-dynamic (one scale a channel).
 * Meta's quantisation of Llama 4 converts routed experts alone (llama-models, quantization). AWQ, GPTQ and AutoRound as model
 * cards of Qwen3 checkpoints say: groups of 32 or 128, often of the experts alone.
 */
const FORMATS: readonly Format[] = [
  { ends: /fp8[-_]kv$/, types: 'weights=fp8 kv=fp8' },
  { ends: /fp8[-_]block$/, types: 'weights=fp8-block' },
  { ends: /fp8[-_]dynamic$/, types: 'weights=fp8-channel' },
  { ends: /fp8$/, owner: /^qwen$/, types: 'weights=fp8-block' },
  { ends: /fp8$/, owner: /^nvidia$/, types: 'weights=fp8 kv=fp8' },
  { ends: /fp8$/, owner: /^meta-llama$/, types: 'experts=fp8' },
  { ends: /mxfp8$/, types: 'weights=mxfp8', open: KEPT_WIDE },
  { ends: /w4a(?:8|fp8)$/ },
  {
    ends: /(?:w8a8[-_])?fp8(?:[-_]e4m3)?$/,
    types: 'weights=fp8',
    open: 'with `weight_block_size` in its config it is `fp8-block`',
  },
  { ends: /mxfp4$/, types: 'experts=mxfp4', open: 'what else is narrow its config says' },
  { ends: /(?:nv)?fp4$/, owner: /^nvidia$/, types: 'weights=nvfp4 kv=fp8', open: KEPT_WIDE },
  { ends: /(?:nv)?fp4$/, types: 'weights=nvfp4', open: KEPT_WIDE },
  { ends: /(?:gptq[-_])?int8$|w8a8$|w8a16$/, types: 'weights=int8', open: KEPT_WIDE },
  {
    ends: /(?:awq|gptq)(?:[-_](?:int4|4bit))?$|int4(?:[-_](?:awq|gptq|autoround))?$|w4a16$/,
    types: 'weights=int4',
    open: KEPT_WIDE,
  },
  { ends: /(?:bf16|bfloat16)$/, types: 'weights=bf16' },
  { ends: /(?:fp16|float16)$/, types: 'weights=fp16' },
  { ends: /(?:bnb[-_])?[2-8]bit$|gguf$|i?q[2-8]_\w+$|exl[23]$|nf4$/ },
];

/** What `Qwen/Qwen3-235B-A22B-FP8` says of its number types; undefined where its end names no format. */
export function checkpointOf(id: string): Checkpoint | undefined {
  const slash = id.lastIndexOf('/');
  const name = id.slice(slash + 1);
  const lower = name.toLowerCase();
  // If the id names no publisher, that of the model is meant, and the model's name begins with the publisher's.
  const owner = slash < 0 ? (/^[a-z]*/.exec(lower)?.[0] ?? '') : id.slice(0, slash).toLowerCase();
  for (const { ends, owner: publisher, types = '', open } of FORMATS) {
    const match = ends.exec(lower);
    // The format must stand behind a separator, so that no name is cut inside a word.
    if (!match || !/[-_.]$/.test(lower.slice(0, match.index)) || (publisher && !publisher.test(owner))) continue;
    return {
      base: name.slice(0, match.index).replace(/(?:[-_.]quantized)?[-_.]+$/i, ''),
      format: name.slice(match.index),
      types: types.split(' ').flatMap(storedType),
      ...(open !== undefined && { open }),
    };
  }
  return undefined;
}

function storedType(text: string): readonly StoredType[] {
  const [property, type] = text.split('=');
  if (type === undefined || (property !== 'weights' && property !== 'experts' && property !== 'kv')) return [];
  return [{ property, type }];
}
