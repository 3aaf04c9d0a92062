/** Where a word comes from, each a column of docs/language.md. */
export const DIALECTS = ['vllm', 'sglang', 'trt-llm', 'megatron', 'huggingface', 'spoken'] as const;

export type Dialect = (typeof DIALECTS)[number];

export const DIALECT_NAMES: Readonly<Record<Dialect, string>> = {
  vllm: 'vLLM',
  sglang: 'SGLang',
  'trt-llm': 'TensorRT-LLM',
  megatron: 'Megatron',
  huggingface: 'Hugging Face',
  spoken: 'also said',
};

/** A property of a block: `parallel.tp`. */
export interface Home {
  readonly block: string;
  readonly property: string;
}

/** Words of others for one thing that a plan says, or that it has no place for. */
export interface ForeignRow {
  /** Where it is written here, likeliest first: a batch is several things. Empty where a plan has no place for it. */
  readonly homes: readonly Home[];
  /** Words in the writing of their source. Case, leading dashes, `_` and `-` never count. */
  readonly words: Readonly<Partial<Record<Dialect, readonly string[]>>>;
  /** Ends the message: a difference of meaning; without a home, why. */
  readonly note?: string;
  /** How a value is carried over; without it as it stands. */
  readonly value?: Carry;
}

export type Carry =
  /** What is said is another thing or another unit: the value is for the user to write. */
  | 'rewrite'
  /** `true` here is `false` there. */
  | 'opposite'
  /** A switch that is on: this value. */
  | { readonly on: string }
  /** A number of GPUs becomes their indexes. */
  | 'indexes'
  /** A switch that spreads experts over all GPUs: as many as the degrees of attention beside it multiply to. */
  | 'all-gpus';

type Words = Readonly<Partial<Record<Dialect, string>>>;

/** A row with its words in one text each, blanks between them; homes as `block.property`. */
export function row(homes: string, words: Words, rest: Pick<ForeignRow, 'note' | 'value'> = {}): ForeignRow {
  const split = (text: string) => text.split(' ').filter((part) => part !== '');
  return {
    homes: split(homes).map((home) => {
      const [block = '', property = ''] = home.split('.');
      return { block, property };
    }),
    words: Object.fromEntries(Object.entries(words).map(([dialect, text]) => [dialect, split(text)])),
    ...rest,
  };
}

/** A thing that a plan has no place for, and why. */
export function none(note: string, words: Words): ForeignRow {
  return row('', words, { note });
}

/** A word as it is compared: `--tensor_parallelSize` is `tensor-parallel-size`. */
export function plainWord(word: string): string {
  return word
    .replace(/^-+/, '')
    .replace(/(?<=[\p{Ll}\d])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, '-')
    .replace(/[_./\s-]+/g, '-')
    .toLowerCase();
}
