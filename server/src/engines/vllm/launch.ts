import type { PoolRole } from '../../plan/deployment.ts';
import {
  amount,
  type Codec,
  direct,
  type EngineLaunch,
  not,
  type PlanValue,
  pythonModule,
  words,
  yes,
} from '../launch.ts';
import { LaunchReader, largest } from '../launchReading.ts';
import {
  flagMapping,
  flagWords,
  type LaunchHost,
  LaunchWriter,
  LEADER,
  sharesNoPrefix,
  type WrittenArgument,
} from '../launchWriting.ts';
import { VLLM_ARGUMENTS } from './arguments.ts';

/** Types of the KV cache (vLLM: `CacheDType` in config/cache.py). */
const KV_TYPES: Codec = words({
  fp8: 'fp8',
  fp8_e4m3: 'fp8',
  fp8_e5m2: 'fp8',
  fp8_inc: 'fp8',
  fp8_ds_mla: 'fp8',
  bfloat16: 'bf16',
  float16: 'fp16',
  nvfp4: 'nvfp4',
  nvfp4_ds_mla: 'nvfp4',
});

/** `--all2all-backend` (vLLM: `All2AllBackend` in config/parallel.py). Those that were removed fall back to the default. */
const BACKENDS: Codec = words({
  allgather_reducescatter: 'gather',
  deepep_high_throughput: 'deepep-normal',
  deepep_low_latency: 'deepep-low-latency',
  naive: 'gather',
  pplx: 'gather',
});

/** `--moe-backend`, where memory depends on it. Others keep the engine's own choice. */
const KERNELS: Codec = words({
  flashinfer_trtllm: 'trtllm',
  flashinfer_cutlass: 'cutlass',
  cutlass: 'cutlass',
  deep_gemm: 'deepgemm',
});

const ROWS = [
  direct('gpu-memory-utilization', 'engine.memory-fraction', amount),
  direct('kv-cache-memory-bytes', 'engine.cache-memory'),
  direct('max-num-batched-tokens', 'engine.step-tokens'),
  direct('max-num-seqs', 'engine.max-requests'),
  direct('max-model-len', 'engine.max-context'),
  direct('block-size', 'engine.page'),
  direct('kv-cache-dtype', 'types.kv', KV_TYPES),
  direct('enforce-eager', 'engine.graphs', not),
  direct('enable-dbo', 'engine.two-batch-overlap', yes),
  direct('enable-eplb', 'pool.balance', {
    read: (on) => (on === true ? 'eplb' : undefined),
    write: (value) => value === 'eplb',
  }),
];

/** How vLLM is started. Degrees as `ParallelConfig` counts them: TP x PCP x PP x DP GPUs, with experts over all of a stage. */
export const launch: EngineLaunch = {
  table: VLLM_ARGUMENTS,
  modelNames: ['model', 'served-model-name'],
  starters: [
    [/(?:^|\/)vllm$/, /^serve$/],
    pythonModule(/^vllm\.entrypoints\.(?:openai\.)?api_server$/),
    pythonModule(/^dynamo\.vllm$/),
  ],
  namesModelFirst: true,
  image: /(?:^|\/)vllm-openai(?:-rocm)?(?::|@|$)/,
  recipe: {
    key: 'vllm_config',
    framework: 'vllm',
    write: (written) => flagMapping(written, (name) => `no-${name}`),
  },
  container: (version) => `vllm/vllm-openai:${version === undefined ? 'latest' : `v${version}`}`,
  dynamo: {
    module: 'dynamo.vllm',
    image: 'vllm-runtime',
    words: (model, written, role) => ({
      words: ['--model', model, ...flags(written.arguments), ...(role === 'prefill' ? ['--is-prefill-worker'] : [])],
    }),
  },
  configKeys: /^(?:gpu-memory-utilization|max-num-batched-tokens|max-num-seqs|tensor-parallel-size)$/,
  read(given, { environment, model }) {
    const reader = new LaunchReader(given);
    const tp = given.count('tensor-parallel-size') ?? 1;
    const cp = given.count('prefill-context-parallel-size') ?? 1;
    const pp = given.count('pipeline-parallel-size') ?? 1;
    const dp = given.count('data-parallel-size') ?? 1;
    // Without experts ranks of data parallelism have nothing to do with each other.
    const isDense = model !== undefined && model.experts === undefined;
    reader.degrees({
      tp: [tp, 'tensor-parallel-size'],
      cp: [cp, 'prefill-context-parallel-size'],
      dp: [isDense ? 1 : dp, 'data-parallel-size'],
      pp: [pp, 'pipeline-parallel-size'],
      dcp: [given.count('decode-context-parallel-size') ?? 1, 'decode-context-parallel-size'],
    });
    const stage = tp * cp * dp;
    if (given.flag('enable-expert-parallel') && !isDense && stage > 1)
      reader.say('parallel.ep', stage, ['enable-expert-parallel'], 'vLLM spreads experts over all GPUs of a stage');
    reader.direct(ROWS);
    exchange(reader, stage > 1 && dp > 1);
    const kernels = given.get('moe-backend') && KERNELS.read(given.text('moe-backend') ?? '');
    if (kernels !== undefined) reader.say('engine.moe-backend', kernels, ['moe-backend']);
    graphs(reader);
    experts(reader);
    speculate(reader);
    weights(reader, model?.weights);
    // Every type of 16 bits takes the same room, and where the address of a rank lies changes nothing.
    reader.agree('dtype', 'data-parallel-size-local', 'nnodes', 'kv-transfer-config', 'kv-transfer-config.kv_role');
    reader.agree('speculative-config', 'speculative-config.method', 'speculative-config.rejection_sample_method');
    reader.prefixes('enable-prefix-caching', given.flag('enable-prefix-caching'));
    if (given.flag('enable-chunked-prefill') === false)
      reader.note(
        'beyond',
        'prompts are read whole, where the plan has them read in chunks of a step',
        'enable-chunked-prefill',
      );
    const dispatch = environment.get('VLLM_MOE_DP_CHUNK_SIZE');
    const tokens = dispatch && Number(dispatch.value);
    if (dispatch && tokens) reader.sayFrom('engine.dispatch-tokens', tokens, [dispatch.place]);
    const partition = environment.get('VLLM_PP_LAYER_PARTITION');
    if (partition)
      reader.notes.push({
        kind: 'beyond',
        message: '`VLLM_PP_LAYER_PARTITION` says which layers each stage has: write them in `stage` blocks',
        place: partition.place,
      });
    return { ...resultOf(reader), gpus: tp * cp * pp * (isDense ? 1 : dp), replicas: isDense ? dp : 1 };
  },
  ofServer: [],
  start: (model, written, host) => ({
    words: ['vllm', 'serve', model, ...flags([...written.arguments, ...machines(host)])],
  }),
  write(place) {
    const writer = new LaunchWriter(place);
    const { parallel, role } = place.pool;
    const { tp, cp, dp, pp, dcp = 1 } = parallel;
    writer.degrees({
      'tensor-parallel-size': tp,
      'prefill-context-parallel-size': cp,
      'pipeline-parallel-size': pp,
      'data-parallel-size': dp,
      'decode-context-parallel-size': dcp,
    });
    if (parallel.ep > 1) writer.give('enable-expert-parallel', true);
    writer.direct(ROWS);
    // Prompts are read in chunks of a step, so a chunk alone says how large the step is.
    const chunk = writer.number('engine.chunk');
    if (chunk !== undefined && writer.number('engine.step-tokens') === undefined)
      writer.give('max-num-batched-tokens', chunk);
    const exchange = BACKENDS.write(byPhase(writer.setting('engine.all-to-all'), role) ?? '');
    if (exchange !== undefined && dp > 1) writer.give('all2all-backend', exchange);
    const kernels = KERNELS.write(writer.setting('engine.moe-backend') ?? '');
    if (kernels !== undefined) writer.give('moe-backend', kernels);
    const graphBatch = writer.number('engine.graph-batch');
    if (graphBatch !== undefined) writer.give('max-cudagraph-capture-size', graphBatch);
    const redundant = writer.number('pool.redundant-experts');
    if (redundant !== undefined) writer.give('eplb-config', { num_redundant_experts: redundant });
    const drafted = writer.number('engine.speculative-tokens') ?? 0;
    if (drafted > 0) writer.give('speculative-config', { method: 'mtp', num_speculative_tokens: drafted });
    if (sharesNoPrefix(place.deployment)) writer.give('enable-prefix-caching', false);
    if (role !== 'both') writer.give('kv-transfer-config', { kv_connector: 'NixlConnector', kv_role: 'kv_both' });
    const dispatch = writer.number('engine.dispatch-tokens');
    if (dispatch !== undefined) writer.set('VLLM_MOE_DP_CHUNK_SIZE', dispatch);
    if (place.said.stages.some(({ layers }) => layers))
      writer.set('VLLM_PP_LAYER_PARTITION', place.pool.stages.map(({ layers }) => layers.length).join(','));
    return { arguments: writer.arguments, environment: writer.environment };
  },
};

function flags(written: readonly WrittenArgument[]): readonly string[] {
  return flagWords(written, (name) => [`--no-${name}`]);
}

/**
 * vLLM on one of several machines: ranks of data parallelism that fit into a machine are spread over them, other groups are told by
 * `--nnodes`. Machines behind the first serve no requests themselves.
 */
function machines({ node, nodes, gpusPerNode, parallel }: LaunchHost): readonly WrittenArgument[] {
  if (nodes === 1) return [];
  const { tp, cp, dp, pp } = parallel;
  const headless: readonly WrittenArgument[] = node > 0 ? [{ name: 'headless', value: true }] : [];
  const local = Math.floor(gpusPerNode / (tp * cp * pp));
  if (dp > 1 && local >= 1)
    return [
      { name: 'data-parallel-size-local', value: local },
      { name: 'data-parallel-address', value: LEADER },
      ...(node > 0 ? [{ name: 'data-parallel-start-rank', value: node * local }] : []),
      ...headless,
    ];
  return [
    { name: 'nnodes', value: nodes },
    { name: 'node-rank', value: node },
    { name: 'master-addr', value: LEADER },
    ...headless,
  ];
}

/** DeepEP by phase: a pool that reads prompts takes the one kind of kernels, one that generates the other. */
function byPhase(exchange: PlanValue | undefined, role: PoolRole): PlanValue | undefined {
  if (exchange !== 'deepep' || role === 'both') return exchange;
  return role === 'prefill' ? 'deepep-normal' : 'deepep-low-latency';
}

function resultOf({ statements, notes }: LaunchReader): Pick<LaunchReader, 'statements' | 'notes'> {
  return { statements, notes };
}

/** How tokens reach experts. vLLM has a backend only where data parallel ranks hold experts together. */
function exchange(reader: LaunchReader, isUsed: boolean): void {
  const { given } = reader;
  const written = given.text('all2all-backend');
  if (written === undefined) return;
  const value = BACKENDS.read(written);
  if (!isUsed)
    reader.note(
      'rewritten',
      `with one data parallel rank vLLM uses no \`--all2all-backend ${written}\``,
      'all2all-backend',
    );
  else if (value !== undefined) reader.say('engine.all-to-all', value, ['all2all-backend']);
  else
    reader.note(
      'beyond',
      `\`${written}\` has no word in a plan, whose times are those of vLLM's default exchange`,
      'all2all-backend',
    );
}

const SIZES = 'compilation-config.cudagraph_capture_sizes';
const MODE = 'compilation-config.cudagraph_mode';

function graphs(reader: LaunchReader): void {
  const { given } = reader;
  const names = ['max-cudagraph-capture-size', 'compilation-config.max_cudagraph_capture_size'];
  const named = names.find((name) => given.count(name) !== undefined);
  const most = named === undefined ? largest(given.get(SIZES)?.value) : given.count(named);
  if (most !== undefined && most > 0) reader.say('engine.graph-batch', most, [named ?? SIZES]);
  if (given.text(MODE)?.toUpperCase() === 'NONE' && !given.flag('enforce-eager'))
    reader.say('engine.graphs', false, [MODE]);
}

function experts(reader: LaunchReader): void {
  const { given } = reader;
  for (const name of ['eplb-config.num_redundant_experts', 'num-redundant-experts']) {
    const redundant = given.count(name);
    if (redundant !== undefined && redundant > 0) reader.say('pool.redundant-experts', redundant, [name]);
  }
}

const DRAFTED = 'speculative-config.num_speculative_tokens';
const LENGTH = 'speculative-config.synthetic_acceptance_length';

function speculate(reader: LaunchReader): void {
  const { given } = reader;
  const tokens = given.count(DRAFTED);
  if (tokens === undefined) return;
  const [from] = given.places(LENGTH);
  const length = Number(given.get(LENGTH)?.value);
  reader.speculation(tokens, [DRAFTED], from && Number.isFinite(length) ? { value: length, from } : undefined);
}

/** `--quantization` (vLLM: `QuantizationMethods`). One that only names how the checkpoint is stored changes nothing. */
const ONLINE: Readonly<Record<string, string>> = { fp8: 'fp8', mxfp8: 'mxfp8', experts_int8: 'int8' };

function weights(reader: LaunchReader, stored: string | undefined): void {
  const method = reader.given.text('quantization');
  const type = method === undefined ? undefined : ONLINE[method.toLowerCase()];
  const isStoredSo = stored !== undefined && type !== undefined && stored.startsWith(type);
  if (type !== undefined && !isStoredSo) reader.say('types.weights', type, ['quantization']);
}
