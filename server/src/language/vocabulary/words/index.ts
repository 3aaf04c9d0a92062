import { isScript, isVariableName } from '../../launch.ts';
import type { BlockSpec, PropertySpec } from '../spec.ts';
import { blockSpec, blocksNamed, childBlocks, propertySpec, VOCABULARY } from '../vocabulary.ts';
import { type ForeignRow, none, plainWord } from './foreign.ts';
import { SERVING_WORDS } from './serving.ts';
import { SHAPE_WORDS } from './shape.ts';
import { TRAINING_WORDS } from './training.ts';

/** Every foreign word that is understood. Completion, messages, fixes and docs/language.md read this one table. */
export const FOREIGN_WORDS: readonly ForeignRow[] = [...SERVING_WORDS, ...TRAINING_WORDS, ...SHAPE_WORDS];

/** A property and the block that has it. */
export interface PropertyPlace {
  readonly block: BlockSpec;
  readonly property: PropertySpec;
}

/** What a word means here, the most likely places first. */
export interface Meaning {
  readonly row?: ForeignRow;
  readonly places: readonly PropertyPlace[];
}

const byWord = new Map<string, ForeignRow[]>();
for (const row of FOREIGN_WORDS) {
  for (const word of Object.values(row.words).flat()) {
    const plain = plainWord(word);
    const rows = byWord.get(plain) ?? [];
    if (!rows.includes(row)) byWord.set(plain, [...rows, row]);
  }
}

const byProperty = new Map<string, PropertyPlace[]>();
for (const block of VOCABULARY) {
  for (const property of block.properties) {
    const places = byProperty.get(property.name) ?? [];
    byProperty.set(property.name, [...places, { block, property }]);
  }
}

/** Whether other tools use the word for something that a plan names differently or has no place for. */
export function isForeignWord(word: string): boolean {
  return byWord.has(plainWord(word));
}

/** Whether anybody names a property by the word, here or elsewhere. */
export function isWordOfAnyone(word: string): boolean {
  const plain = plainWord(word);
  return byWord.has(plain) || byProperty.has(plain);
}

/** The properties that a row stands for. A test of the table checks that each of them exists. */
function placesOfRow(row: ForeignRow): readonly PropertyPlace[] {
  return row.homes.flatMap((home) =>
    VOCABULARY.flatMap((block) => {
      const property = block.keyword === home.block ? propertySpec(block, home.property) : undefined;
      return property ? [{ block, property }] : [];
    }),
  );
}

/**
 * The meaning of a word that the block has no property for: a word of another tool, or a property of another block. `around` are
 * the keywords of the blocks around it, innermost first. Of several meanings the nearest counts.
 */
export function meaningOf(word: string, around: readonly string[]): Meaning | undefined {
  const plain = plainWord(word);
  const rows = byWord.get(plain) ?? [];
  const ownPlaces = byProperty.get(plain) ?? [];
  const candidates: Meaning[] = [
    ...(ownPlaces.length > 0 ? [{ places: ownPlaces }] : []),
    ...rows.map((row) => ({ row, places: placesOfRow(row) })),
  ];
  if (candidates.length === 0) {
    const row = isVariableName(word) ? VARIABLE : isScript(word) ? SCRIPT : undefined;
    return row && { row, places: [] };
  }
  const [best] = candidates
    .map((meaning) => ({
      ...meaning,
      places: meaning.places.toSorted(
        (left, right) => distanceTo(left.block, around) - distanceTo(right.block, around),
      ),
    }))
    .toSorted((left, right) => nearestOf(left, around) - nearestOf(right, around));
  return best;
}

/** What any command has, whatever it is called. */
const VARIABLE = none('it is a variable of the environment in which a command runs', {});
const SCRIPT = none('it is the script that a command runs', {});

function nearestOf({ places }: Meaning, around: readonly string[]): number {
  return places[0] ? distanceTo(places[0].block, around) : UNREACHABLE;
}

const UNREACHABLE = 100;

/**
 * 0 in the block itself, more in its child blocks, then in the blocks that it names (the node of a cluster), then in the same
 * places of the blocks around it, and most at the top level.
 */
function distanceTo(block: BlockSpec, around: readonly string[]): number {
  if (around[0] === block.keyword) return 0;
  for (const [index, keyword] of around.entries()) {
    if (keyword === 'file') return blockSpec('file', block.keyword) ? FAR : FAR + 1;
    if (blockSpec(keyword, block.keyword)) return 3 * index + 1;
    if (blocksNamed(keyword).some((namedBlock) => refersTo(namedBlock, block.keyword))) return 3 * index + 2;
    if (childBlocks(keyword).some((child) => blockSpec(child.keyword, block.keyword))) return 3 * index + 3;
  }
  return UNREACHABLE - 1;
}

const FAR = 50;

function refersTo({ properties }: BlockSpec, keyword: string): boolean {
  return properties.some(({ type }) => type.kind === 'reference' && type.to === keyword);
}

/** Other words for blocks, and how the block is opened here. */
export const BLOCK_WORDS: Readonly<Record<string, string>> = {
  parallelism: 'parallel',
  'parallel-config': 'parallel',
  layout: 'parallel',
  mapping: 'parallel',
  serving: 'engine',
  server: 'engine',
  runtime: 'engine',
  vllm: 'engine',
  sglang: 'engine',
  trtllm: 'engine',
  'trt-llm': 'engine',
  megatron: 'engine',
  'engine-config': 'engine',
  'scheduler-config': 'engine',
  'cache-config': 'engine',
  speculative: 'engine',
  'speculative-config': 'engine',
  quantization: 'types',
  quantisation: 'types',
  precision: 'types',
  dtypes: 'types',
  dtype: 'types',
  moe: 'experts',
  expert: 'experts',
  'moe-config': 'experts',
  router: 'experts',
  mlp: 'dense',
  ffn: 'dense',
  'feed-forward': 'dense',
  attn: 'attention',
  mla: 'attention',
  mha: 'attention',
  gqa: 'attention',
  'self-attention': 'attention',
  llm: 'model',
  network: 'model',
  architecture: 'model',
  plan: 'deployment',
  deploy: 'deployment',
  service: 'deployment',
  job: 'deployment',
  instance: 'deployment',
  slo: 'expect',
  sla: 'expect',
  targets: 'expect',
  target: 'expect',
  goals: 'expect',
  assert: 'expect',
  results: 'measured',
  measurement: 'measured',
  'benchmark-results': 'measured',
  prefill: 'pool prefill',
  decode: 'pool decode',
  worker: 'pool',
  workers: 'pool',
  'prefill-pool': 'pool prefill',
  'decode-pool': 'pool decode',
  benchmark: 'workload',
  load: 'workload',
  traffic: 'workload',
  requests: 'workload',
  training: 'workload',
  batch: 'workload',
  device: 'gpu',
  accelerator: 'gpu',
  card: 'gpu',
  gpus: 'gpu',
  machine: 'node',
  host: 'node',
  box: 'node',
  hardware: 'cluster',
  machines: 'cluster',
  nodes: 'cluster',
  fleet: 'cluster',
  system: 'cluster',
  pipeline: 'stage',
  'pipeline-stage': 'stage',
};

/** How the block that others call by this word is opened here: `pool prefill`. */
export function blockMeant(word: string): string | undefined {
  const plain = plainWord(word);
  return Object.hasOwn(BLOCK_WORDS, plain) ? BLOCK_WORDS[plain] : undefined;
}

/** Other words for values. If a word means several values, the first that a property takes counts. */
const VALUE_WORDS: Readonly<Record<string, readonly string[]>> = {
  bfloat16: ['bf16'],
  'torch-bfloat16': ['bf16'],
  float16: ['fp16'],
  half: ['fp16'],
  float: ['fp32'],
  float32: ['fp32'],
  f32: ['fp32'],
  f16: ['fp16'],
  float8: ['fp8'],
  'fp8-e4m3': ['fp8'],
  'fp8-e5m2': ['fp8'],
  'float8-e4m3fn': ['fp8'],
  e4m3: ['fp8'],
  'w8a8-fp8': ['fp8'],
  'fp8-blockwise': ['fp8-block'],
  'block-fp8': ['fp8-block'],
  blockwise: ['fp8-block'],
  'fp8-block-scales': ['fp8-block'],
  fp4: ['nvfp4'],
  'modelopt-fp4': ['nvfp4'],
  'fp4-e2m1': ['nvfp4'],
  e2m1: ['nvfp4'],
  'mx-fp4': ['mxfp4'],
  'mx-fp8': ['mxfp8'],
  'fp8-per-channel': ['fp8-channel'],
  'fp8-rowwise': ['fp8-channel'],
  'fbgemm-fp8': ['fp8-channel'],
  'ptpc-fp8': ['fp8-channel'],
  w4a16: ['int4'],
  awq: ['int4-128'],
  gptq: ['int4-128'],
  '4bit': ['int4'],
  '8bit': ['int8'],
  'w8a8-int8': ['int8'],
  w8a8: ['int8'],
  tensorrt: ['trt-llm'],
  'tensorrt-llm': ['trt-llm'],
  trtllm: ['trt-llm'],
  trt: ['trt-llm'],
  sgl: ['sglang'],
  'v-llm': ['vllm'],
  'megatron-lm': ['megatron'],
  'megatron-core': ['megatron'],
  mcore: ['megatron'],
  nemo: ['megatron'],
  'megatron-bridge': ['megatron'],
  'torch-titan': ['torchtitan'],
  fsdp: ['torchtitan'],
  fsdp2: ['torchtitan'],
  'deepep-high-throughput': ['deepep-normal'],
  'high-throughput': ['deepep-normal'],
  'low-latency': ['deepep-low-latency'],
  'deep-ep': ['deepep'],
  'allgather-reducescatter': ['gather'],
  allgather: ['gather'],
  naive: ['gather'],
  alltoall: ['nccl'],
  'all-to-all': ['nccl'],
  gpipe: ['1f1b'],
  'one-f-one-b': ['1f1b'],
  'interleaved-1f1b': ['interleaved'],
  zb: ['zero-bubble'],
  zb1p: ['zero-bubble'],
  zerobubble: ['zero-bubble'],
  'dual-pipe': ['dualpipe'],
  dualpipev: ['dualpipe'],
  both: ['both'],
  null: ['both', 'none'],
  mixed: ['both'],
  aggregated: ['both'],
  generation: ['decode'],
  context: ['prefill'],
  adamw: ['adam'],
  sgdm: ['sgd'],
  lora: ['adapters'],
  peft: ['adapters'],
  dynamic: ['eplb'],
  static: ['eplb'],
  nvswitch: ['switch'],
  'fully-connected': ['mesh'],
  xgmi: ['mesh'],
  core: ['attention'],
  'core-attn': ['attention'],
  moe: ['experts'],
  mlp: ['experts'],
  layernorm: ['norm'],
  'moe-act': ['activation'],
  'mla-up-proj': ['mla-up'],
  yes: ['true'],
  on: ['true'],
  enable: ['true'],
  enabled: ['true'],
  '1': ['true'],
  no: ['false'],
  off: ['false'],
  disable: ['false'],
  disabled: ['false'],
  '0': ['false'],
};

/** The choice that a foreign value means; `True` is `true`. */
export function valueMeant(word: string, choices: readonly string[]): string | undefined {
  const plain = plainWord(word);
  const sameChoice = choices.find((choice) => plainWord(choice) === plain);
  if (sameChoice !== undefined) return sameChoice;
  return Object.hasOwn(VALUE_WORDS, plain) ? VALUE_WORDS[plain]?.find((meant) => choices.includes(meant)) : undefined;
}

/** The words that mean one property, by dialect and as their source writes them. Completion and the reference show them. */
export function wordsFor(
  block: string,
  property: string,
): readonly { readonly row: ForeignRow; readonly word: string }[] {
  return FOREIGN_WORDS.filter(({ homes }) =>
    homes.some((home) => home.block === block && home.property === property),
  ).flatMap((row) => [...new Set(Object.values(row.words).flat())].map((word) => ({ row, word })));
}
