/** Where a word comes from. Each dialect is a column of docs/language.md. */
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

/** Foreign words for one thing that a plan states, or that it has no place for. */
export interface ForeignRow {
  /**
   * Where a plan states it, the most likely place first, because a word like batch means several things. Empty where a plan has
   * no place for it.
   */
  readonly homes: readonly Home[];
  /** Words as their source writes them. Case, leading dashes, `_` and `-` never count. */
  readonly words: Readonly<Partial<Record<Dialect, readonly string[]>>>;
  /** The end of the message. It names a difference of meaning or, if there is no home, says why. */
  readonly note?: string;
  /** How a value is converted. Without it, the value stays as it is. */
  readonly value?: Carry;
}

export type Carry =
  /** The word means another thing or has another unit, so the user has to write the value. */
  | 'rewrite'
  /** `true` here is `false` there, and the reverse. */
  | 'opposite'
  /** A switch that is on stands for this value. */
  | { readonly on: string }
  /** A number of GPUs becomes their indexes. */
  | 'indexes'
  /** Indexes of GPUs with commas between them. */
  | 'devices'
  /** A switch that spreads experts over all GPUs. The value is the product of the degrees of attention beside it. */
  | 'all-gpus';

type Words = Readonly<Partial<Record<Dialect, string>>>;

/** Makes a row. Words of one dialect are one text, with blanks between them; homes are written as `block.property`. */
export function row(homes: string, words: Words, options: Pick<ForeignRow, 'note' | 'value'> = {}): ForeignRow {
  const split = (text: string) => text.split(' ').filter((part) => part !== '');
  return {
    homes: split(homes).map((home) => {
      const [block = '', property = ''] = home.split('.');
      return { block, property };
    }),
    words: Object.fromEntries(Object.entries(words).map(([dialect, text]) => [dialect, split(text)])),
    ...options,
  };
}

/** A row for what a plan has no place for, with the reason. */
export function none(note: string, words: Words): ForeignRow {
  return row('', words, { note });
}

/** A word in the form in which words are compared: `--tensor_parallelSize` is `tensor-parallel-size`. */
export function plainWord(word: string): string {
  return word
    .replace(/^-+/, '')
    .replace(/(?<=[\p{Ll}\d])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, '-')
    .replace(/[_./\s-]+/g, '-')
    .toLowerCase();
}
