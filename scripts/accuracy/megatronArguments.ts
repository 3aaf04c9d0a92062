/** Models and settings as Megatron-LM's command line writes them, for rows that give its arguments. */
export type MegatronArguments = Readonly<Record<string, string>>;

/** The arguments of a row; nothing when the column holds no JSON object. */
export function argumentsOf(written: string): MegatronArguments | undefined {
  if (written === '') return undefined;
  try {
    const parsed: unknown = JSON.parse(written);
    if (typeof parsed !== 'object' || parsed === null) return undefined;
    return Object.fromEntries(Object.entries(parsed).map(([name, value]) => [name, String(value)]));
  } catch {
    return undefined;
  }
}

/** The vocabulary of the tokenizer where it is not written: GPT-2's, which the functional tests use, or the release runs'. */
const GPT2_VOCABULARY = 50_257;
const TOKENIZERS: Readonly<Record<string, number>> = {
  GPTSentencePieceTokenizer: 256_000,
  TikTokenizer: 131_072,
};

/** A model block. Vocabularies are padded to a multiple of 128 x tp (`--make-vocab-size-divisible-by`). */
export function modelOfArguments(given: MegatronArguments, tp: number, isHybrid: boolean): string {
  const number = (name: string) => (given[name] === undefined ? undefined : Number(given[name]));
  const layers = number('num-layers') ?? 1;
  const hidden = number('hidden-size') ?? 1;
  const heads = number('num-attention-heads') ?? 1;
  const swiglu = given.swiglu === 'true';
  // SwiGLU keeps the parameters of a plain network of width 4 h: two thirds, in multiples of 64.
  const ffn = number('ffn-hidden-size') ?? (swiglu ? Math.floor((4 * hidden * 2) / 3 / 64) * 64 : 4 * hidden);
  const known = number('vocab-size') ?? TOKENIZERS[given['tokenizer-type'] ?? ''] ?? GPT2_VOCABULARY;
  const vocabulary = Math.ceil(known / (128 * tp)) * 128 * tp;
  const bias = given['disable-bias-linear'] !== 'true';
  const untied = given['untie-embeddings-and-output-weights'] === 'true';
  const modules = number('mtp-num-layers') ?? 0;
  const lines = [
    `layers = ${layers}, hidden = ${hidden}, vocabulary = ${vocabulary}, tied = ${!untied}, mtp = ${modules}`,
    `attention { ${attention(given, number, hidden, heads, bias)} }`,
    `dense { ffn = ${ffn}, gated = ${swiglu}, bias = ${bias} }`,
  ];
  if (isHybrid) lines.push(...hybridLines(layers, hidden));
  const experts = number('num-experts');
  if (experts !== undefined) {
    const shared = number('moe-shared-expert-intermediate-size');
    lines.push(
      `experts { count = ${experts}, top-k = ${number('moe-router-topk') ?? 2}, ffn = ${number('moe-ffn-hidden-size') ?? ffn}, gated = ${swiglu}, first = ${leadingDense(given)}${shared === undefined ? '' : `, shared = 1, shared-ffn = ${shared}`} }`,
    );
  }
  return lines.join('\n  ');
}

function attention(
  given: MegatronArguments,
  number: (name: string) => number | undefined,
  hidden: number,
  heads: number,
  bias: boolean,
): string {
  const size = number('kv-channels') ?? Math.floor(hidden / heads);
  if (given['multi-latent-attention'] === 'true') {
    const rank = number('q-lora-rank');
    return [
      `heads = ${heads}, kv-rank = ${number('kv-lora-rank') ?? 512}, nope-size = ${number('qk-head-dim') ?? 128}`,
      `rope-size = ${number('qk-pos-emb-head-dim') ?? 64}, value-size = ${number('v-head-dim') ?? 128}`,
      ...(rank === undefined ? [] : [`query-rank = ${rank}`]),
    ].join(', ');
  }
  const groups = given['group-query-attention'] === 'true' ? (number('num-query-groups') ?? heads) : heads;
  return `heads = ${heads}, kv-heads = ${groups}, head-size = ${size}, bias = ${bias}`;
}

/**
 * Nemotron 3's way of layers (its published pattern begins `MEMEM*E`), with Mamba-2 of twice the width in heads of 64: the
 * arguments that say so are not among those of the row. Input and output projections have `6 h^2` parameters.
 */
function hybridLines(layers: number, hidden: number): readonly string[] {
  const pattern = 'MEMEM*E'.repeat(Math.ceil(layers / 7)).slice(0, layers);
  return [
    `pattern = "${pattern}"`,
    `attention mamba { heads = ${(2 * hidden) / 64}, head-size = 64, state = 1 MiB, parameters = ${6 * hidden ** 2} }`,
  ];
}

/** `([0]*3+[1]*12)`: leading layers without experts. */
function leadingDense(given: MegatronArguments): number {
  return Number(/\[0\]\*(\d+)/.exec(given['moe-layer-freq'] ?? '')?.[1] ?? 0);
}
