import {
  type DecodeConstants,
  decodeConstants,
  decodeSet,
  type PrefillConstants,
  prefillConstants,
  prefillSet,
} from '../../../server/src/cost/constants/attention.ts';
import type { Hardware } from '../../../server/src/cost/hardware.ts';
import {
  attendedPairs,
  decodeAttention,
  decodeWith,
  indexerScores,
  prefillAttention,
  prefillWith,
} from '../../../server/src/cost/kernels/attention.ts';
import type { AttentionKernel } from '../../../server/src/engines/constants.ts';
import { type CsvRow, number, text } from '../csv.ts';
import { describe, engineOf, type KernelCase, latencyOf, microseconds, type Unread } from './case.ts';
import { gpuOf, hardwareFor } from './machines.ts';

/** DeepSeek's latent attention, which every published table measures. */
const LATENT = { heads: 128, rank: 512, rope: 64, nope: 128, value: 128 } as const;
/** Its sparse form: keys per query, heads and head size of the indexer, and bytes of an 8-bit key with its scale. */
const SPARSE_KEYS = 2048;
const INDEX = { heads: 64, size: 128, keyBytes: 132 } as const;

type PrefillCase = KernelCase<PrefillConstants>;
type DecodeCase = KernelCase<DecodeConstants>;

interface About {
  readonly id: string;
  readonly row: CsvRow;
  readonly hardware: Hardware;
  readonly engine: string;
  readonly kernel: AttentionKernel;
}

/** A row of `attention.csv`: a prefill. */
export function readPrefill(row: CsvRow, index: number): PrefillCase | Unread | undefined {
  const op = text(row, 'op');
  if (!/^(gqa|mha|mla)_prefill$|^attention_fwd$|^dsa_attn_prefill$/.test(op)) return undefined;
  const family = op.startsWith('mla') || op.startsWith('dsa') ? 'mla-prefill' : 'attention-prefill';
  const about = aboutOf(row, index, family);
  if ('reason' in about) return about;
  if (/FA2/.test(text(row, 'kernel')))
    return unread(about, family, 'FlashAttention 2 is not what engines run on this GPU');
  return (
    (op === 'dsa_attn_prefill' ? sparsePrefill(about) : prefillCase(about, op)) ?? unread(about, family, 'no shape')
  );
}

/** A row of `attention.csv`: a decode step. */
export function readDecode(row: CsvRow, index: number): DecodeCase | Unread | undefined {
  const op = text(row, 'op');
  if (!/^(gqa|mha|mla)_decode$|^dsa_attn_decode$/.test(op)) return undefined;
  const family = op.startsWith('mla') || op.startsWith('dsa') ? 'mla-decode' : 'attention-decode';
  const about = aboutOf(row, index, family);
  if ('reason' in about) return about;
  return (op === 'dsa_attn_decode' ? sparseDecode(about) : decodeCase(about, op)) ?? unread(about, family, 'no shape');
}

/** Any other row of `attention.csv`. */
export function readOtherAttention(row: CsvRow, index: number): KernelCase<never> | Unread | undefined {
  if (readPrefill(row, index) ?? readDecode(row, index)) return undefined;
  const about = aboutOf(row, index, 'attention-other');
  if ('reason' in about) return about;
  if (text(row, 'op') === 'dsa_indexer_logits') return indexerCase(about) ?? unread(about, 'indexer', 'no shape');
  return unread(about, 'attention-other', `${text(row, 'op')} stands alone in no formula`);
}

function aboutOf(row: CsvRow, index: number, family: string): About | Unread {
  const id = describe('attention.csv', index, row);
  const gpuName = text(row, 'gpu');
  const gpu = gpuOf(gpuName);
  if (!gpu) {
    return { id, family, gpu: gpuName, reason: `GPU ${gpuName} is not in the catalogue`, headline: true };
  }
  const engine = engineOf(text(row, 'kernel'));
  return { id, row, hardware: hardwareFor(gpu, engine), engine, kernel: engine === 'trt-llm' ? 'trt-llm' : 'flash' };
}

function unread({ id, hardware }: About, family: string, reason: string): Unread {
  return { id, family, gpu: hardware.gpu.name, reason, headline: false };
}

/** `bf16/kv fp8`: the width of the cache's elements. */
function cacheWidth(row: CsvRow): 8 | 16 {
  const dtype = text(row, 'dtype').toLowerCase();
  return /fp8|int8/.test(dtype.split('kv').at(-1) ?? '') ? 8 : 16;
}

/** `heads_cfg` of Alibaba's tables: heads, key/value heads, head size. */
function headsOf(row: CsvRow): readonly [number, number, number] | undefined {
  const [heads, kvHeads, size] = text(row, 'heads_cfg').split('-').map(Number);
  return heads && kvHeads && size ? [heads, kvHeads, size] : undefined;
}

function prefillCase(about: About, op: string): PrefillCase | undefined {
  const { row, hardware, kernel } = about;
  const latent = op === 'mla_prefill' || number(row, 'head_dim_qk') === LATENT.nope + LATENT.rope;
  const configured = headsOf(row);
  const length = number(row, 'seq_len') ?? number(row, 'isl') ?? number(row, 'kv_len') ?? number(row, 'seq');
  const size = number(row, 'head_dim') ?? configured?.[2];
  const hidden = number(row, 'hidden');
  const heads =
    number(row, 'heads') ??
    (latent ? LATENT.heads : (configured?.[0] ?? (hidden !== undefined && size ? hidden / size : undefined)));
  const widths = latent ? LATENT.nope + LATENT.rope + LATENT.value : size === undefined ? undefined : 2 * size;
  const tokens = number(row, 'total_tokens');
  const sequences = number(row, 'batch') ?? (tokens !== undefined && length ? tokens / length : 1);
  if (!length || !heads || !widths || sequences <= 0) return undefined;
  const keys = number(row, 'kv_len') ?? length;
  const causal = text(row, 'causal').toLowerCase() !== 'false';
  const pairs = causal ? attendedPairs(length, Math.max(0, keys - length), Number.POSITIVE_INFINITY) : length * length;
  // Published rates count half of the square for causal attention.
  const measured = latencyOf(row, 2 * heads * widths * sequences * length * length * (causal ? 0.5 : 1));
  if (!measured) return undefined;
  const width = cacheWidth(row);
  const bytes = 2 * sequences * length * heads * widths;
  return {
    ...common(about, latent ? 'mla-prefill' : 'attention-prefill', measured),
    predicted: () =>
      prefillWith(
        hardware,
        prefillConstants(hardware.family, latent, width, kernel),
        heads,
        widths,
        sequences,
        pairs,
        length,
        bytes,
      ).seconds,
    trial: {
      set: prefillSet(hardware.family, latent, width, kernel),
      shape: `${heads} x ${widths} ${length}`,
      seconds: (constants) => prefillWith(hardware, constants, heads, widths, sequences, pairs, length, bytes).seconds,
    },
  };
}

function sparsePrefill(about: About): PrefillCase | undefined {
  const { row, hardware } = about;
  const queries = number(row, 's_q');
  const keys = number(row, 's_kv');
  const measured = microseconds(row);
  if (!queries || !keys || !measured) return undefined;
  // Absorbed: queries and outputs of the latent width.
  const widths = 2 * LATENT.rank + LATENT.rope;
  const pairs = queries * Math.min(keys, SPARSE_KEYS);
  return {
    ...common(about, 'mla-prefill', measured),
    predicted: () => prefillAttention(hardware, true, false, LATENT.heads, widths, 1, pairs, queries, 0, true).seconds,
  };
}

function decodeCase(about: About, op: string): DecodeCase | undefined {
  const { row, hardware, kernel } = about;
  const configured = headsOf(row);
  const sequences = number(row, 'batch') ?? number(row, 'batch_size');
  const keys = number(row, 'kv_len');
  const measured = microseconds(row);
  if (!sequences || !keys || !measured) return undefined;
  const latent = op === 'mla_decode';
  const width = cacheWidth(row);
  let elements = LATENT.rank + LATENT.rope;
  let flopPerKey = 2 * (number(row, 'heads') ?? LATENT.heads) * (2 * LATENT.rank + LATENT.rope);
  if (!latent) {
    const size = number(row, 'head_dim') ?? configured?.[2];
    const heads = number(row, 'heads') ?? configured?.[0];
    const kvHeads = number(row, 'kv_heads') ?? configured?.[1];
    if (!size || !heads || !kvHeads) return undefined;
    elements = 2 * kvHeads * size;
    flopPerKey = 4 * heads * size;
  }
  const bytes = sequences * keys * elements * (width / 8);
  const flop = sequences * keys * flopPerKey;
  return {
    ...common(about, latent ? 'mla-decode' : 'attention-decode', measured),
    predicted: () => decodeWith(hardware, decodeConstants(hardware.family, latent, width, kernel), bytes, flop).seconds,
    trial: {
      set: decodeSet(hardware.family, latent, width, kernel),
      shape: `${elements} ${flopPerKey} ${keys}`,
      seconds: (constants) => decodeWith(hardware, constants, bytes, flop).seconds,
    },
  };
}

function sparseDecode(about: About): DecodeCase | undefined {
  const { row, hardware } = about;
  const sequences = number(row, 'batch_size');
  const keys = number(row, 'kv_len');
  const measured = microseconds(row);
  if (!sequences || !keys || !measured) return undefined;
  // The kernel takes its full number of keys even where there are fewer.
  const taken = sequences * SPARSE_KEYS;
  const bytes = taken * (LATENT.rank + LATENT.rope);
  const flop = 2 * LATENT.heads * (2 * LATENT.rank + LATENT.rope) * taken;
  return {
    ...common(about, 'mla-decode', measured),
    predicted: () => decodeAttention(hardware, true, true, bytes, flop, true).seconds,
  };
}

function indexerCase(about: About): KernelCase<never> | undefined {
  const { row, hardware } = about;
  const keys = number(row, 's_kv');
  const measured = microseconds(row);
  if (!keys || !measured) return undefined;
  const queries = number(row, 's_q');
  const sequences = number(row, 'batchsize') ?? 1;
  const pairs =
    queries === undefined
      ? sequences * (number(row, 'next_n') ?? 1) * keys
      : attendedPairs(queries, Math.max(0, keys - queries), Number.POSITIVE_INFINITY);
  const flop = 2 * INDEX.heads * INDEX.size * pairs;
  const bytes = sequences * keys * INDEX.keyBytes;
  return {
    ...common(about, 'indexer', measured),
    predicted: () => indexerScores(hardware, flop, bytes).seconds,
  };
}

function common({ id, hardware, engine }: About, family: string, measured: number) {
  return { id, family, gpu: hardware.gpu.name, engine, measured };
}
