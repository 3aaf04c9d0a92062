import {
  amount,
  type Codec,
  direct,
  type EngineLaunch,
  type LaunchPlace,
  not,
  pythonModule,
  words,
} from '../launch.ts';
import { LaunchReader, largest } from '../launchReading.ts';
import { LaunchWriter, nested, sharesNoPrefix } from '../launchWriting.ts';
import { TRT_LLM_ARGUMENTS } from './arguments.ts';

/** `kv_cache_config.dtype` (TensorRT-LLM: `KvCacheConfig` in llmapi/llm_args.py). */
const KV_TYPES: Codec = words({ fp8: 'fp8', fp8_ds_mla: 'fp8', nvfp4: 'nvfp4', bfloat16: 'bf16', float16: 'fp16' });

/** `moe_config.backend`, where memory depends on it. */
const BACKENDS: Codec = words({ cutlass: 'cutlass', trtllm: 'trtllm', deepgemm: 'deepgemm' });

const ROWS = [
  direct('kv_cache_config.free_gpu_memory_fraction', 'engine.memory-fraction', amount),
  direct('kv_cache_config.max_tokens', 'engine.cache-tokens'),
  direct('kv_cache_config.tokens_per_block', 'engine.page'),
  direct('kv_cache_config.dtype', 'types.kv', KV_TYPES),
  direct('max_batch_size', 'engine.max-requests'),
  direct('max_num_tokens', 'engine.step-tokens'),
  direct('max_seq_len', 'engine.max-context'),
  direct('enable_lm_head_tp_in_adp', 'engine.dp-lm-head', not),
];

/**
 * How TensorRT-LLM is started. Attention data parallelism is all or nothing: `tp_size` ranks of it, or none. Experts have what
 * `moe_tensor_parallel_size` and `moe_expert_parallel_size` leave each other (`Mapping.__init__`).
 */
export const launch: EngineLaunch = {
  table: TRT_LLM_ARGUMENTS,
  modelNames: ['model'],
  starters: [[/(?:^|\/)trtllm-serve$/, /^serve$/], [/(?:^|\/)trtllm-serve$/], pythonModule(/^dynamo\.trtllm$/)],
  namesModelFirst: true,
  recipe: { key: 'trtllm_config', framework: 'tensorrt_llm', write: nested },
  container: (version) => `nvcr.io/nvidia/tensorrt-llm/release:${version ?? 'latest'}`,
  dynamo: {
    module: 'dynamo.trtllm',
    image: 'tensorrtllm-runtime',
    words: (model, written, role) => ({
      words: [
        '--model-path',
        model,
        '--extra-engine-args',
        'engine.yaml',
        ...(role === 'both' ? [] : ['--disaggregation-mode', role]),
      ],
      file: { name: 'engine.yaml', content: nested(written.arguments) },
    }),
  },
  configKeys: /^(?:kv_cache_config|cuda_graph_config|moe_config|enable_attention_dp|tensor_parallel_size)$/,
  read(given, place) {
    const reader = new LaunchReader(given);
    const size = given.count('tensor_parallel_size') ?? 1;
    const cp = given.count('context_parallel_size') ?? 1;
    const pp = given.count('pipeline_parallel_size') ?? 1;
    const isAttention = given.flag('enable_attention_dp') === true;
    const isHelix = given.text('cp_config.cp_type')?.toUpperCase() === 'HELIX';
    const world = isHelix ? size * cp : size;
    const etp = given.count('moe_tensor_parallel_size');
    const written = given.count('moe_expert_parallel_size');
    const ep = positive(written) ?? (positive(etp) ? Math.floor(world / (etp ?? 1)) : 1);
    reader.degrees({
      tp: [isAttention ? 1 : size, 'tensor_parallel_size'],
      cp: [cp, 'context_parallel_size'],
      dp: [isAttention ? size : 1, 'tensor_parallel_size', 'enable_attention_dp'],
      pp: [pp, 'pipeline_parallel_size'],
      ep: [ep, 'moe_expert_parallel_size', 'moe_tensor_parallel_size'],
    });
    reader.direct(ROWS);
    graphs(reader);
    experts(reader, place);
    speculate(reader, place.environment);
    reader.agree('enable_chunked_prefill', 'speculative_config.decoding_type', 'cache_transceiver_config');
    reader.prefixes('kv_cache_config.enable_block_reuse', given.flag('kv_cache_config.enable_block_reuse'));
    return { statements: reader.statements, notes: reader.notes, gpus: size * cp * pp, replicas: 1 };
  },
  ofServer: [],
  start: (model, written, { name, nodes, gpus, gpusPerNode }) => ({
    words: [
      ...(nodes > 1 ? ['srun', '-N', String(nodes), '-n', String(gpus), `--ntasks-per-node=${gpusPerNode}`] : []),
      ...(nodes > 1 ? ['trtllm-llmapi-launch'] : []),
      'trtllm-serve',
      model,
      '--extra_llm_api_options',
      `${name}.yaml`,
    ],
    file: { name: `${name}.yaml`, content: nested(written.arguments) },
  }),
  write(place) {
    const writer = new LaunchWriter(place);
    const { tp, cp, dp, pp, etp, ep } = place.pool.parallel;
    const isServing = place.pool.model.classes.some(({ feedForward }) => feedForward.kind === 'moe');
    writer.give('tensor_parallel_size', tp * dp);
    writer.degrees({ pipeline_parallel_size: pp, context_parallel_size: cp });
    if (isServing) {
      writer.give('moe_tensor_parallel_size', etp);
      writer.give('moe_expert_parallel_size', ep);
    }
    if (cp > 1) writer.give('cp_config.cp_type', 'HELIX');
    if (dp > 1) writer.give('enable_attention_dp', true);
    writer.direct(ROWS);
    settle(writer);
    return { arguments: writer.arguments, environment: writer.environment };
  },
};

/** What depends on the role, the load or on several settings. */
function settle(writer: LaunchWriter): void {
  const { pool, deployment } = writer.place;
  if (writer.number('engine.step-tokens') === undefined && writer.number('engine.chunk') !== undefined)
    writer.give('max_num_tokens', writer.number('engine.chunk') ?? 0);
  // Without it a prompt that is longer than a step is refused.
  writer.give('enable_chunked_prefill', true);
  if (writer.setting('engine.graphs') === false) writer.give('cuda_graph_config', null);
  else if (writer.number('engine.graph-batch') !== undefined)
    writer.give('cuda_graph_config.max_batch_size', writer.number('engine.graph-batch') ?? 0);
  const experts = pool.model.classes.find(({ feedForward }) => feedForward.kind === 'moe')?.feedForward;
  if (writer.setting('pool.balance') === 'eplb' && experts?.kind === 'moe')
    writer.give(SLOTS, experts.count + (writer.number('pool.redundant-experts') ?? 0));
  const backend = BACKENDS.write(writer.setting('engine.moe-backend') ?? '');
  if (typeof backend === 'string') writer.give(BACKEND, backend.toUpperCase());
  const drafted = writer.number('engine.speculative-tokens') ?? 0;
  if (drafted > 0) {
    writer.give('speculative_config.decoding_type', 'MTP');
    writer.give('speculative_config.num_nextn_predict_layers', drafted);
  }
  if (sharesNoPrefix(deployment)) writer.give('kv_cache_config.enable_block_reuse', false);
  if (pool.role !== 'both') writer.give('cache_transceiver_config.backend', 'DEFAULT');
  if (writer.place.said.stages.some(({ layers }) => layers))
    writer.give(
      'pp_partition',
      pool.stages.map(({ layers }) => layers.length),
    );
}

function positive(count: number | undefined): number | undefined {
  return count !== undefined && count > 0 ? count : undefined;
}

function graphs(reader: LaunchReader): void {
  const { given } = reader;
  const whole = given.get('cuda_graph_config');
  if (whole?.value === null) reader.say('engine.graphs', false, ['cuda_graph_config']);
  const sizes = given.get('cuda_graph_config.batch_sizes');
  const listed = largest(sizes?.value);
  const most = given.count('cuda_graph_config.max_batch_size') ?? listed;
  if (most !== undefined && most > 0)
    reader.say('engine.graph-batch', most, [
      given.get('cuda_graph_config.max_batch_size')
        ? 'cuda_graph_config.max_batch_size'
        : 'cuda_graph_config.batch_sizes',
    ]);
}

const SLOTS = 'moe_config.load_balancer.num_slots';
const BACKEND = 'moe_config.backend';

function experts(reader: LaunchReader, { model }: LaunchPlace): void {
  const { given } = reader;
  const slots = given.count(SLOTS);
  if (slots !== undefined) {
    reader.say('pool.balance', 'eplb', [SLOTS]);
    const more = slots - (model?.experts ?? slots);
    if (more > 0) reader.say('pool.redundant-experts', more, [SLOTS], `${slots} slots for ${model?.experts} experts`);
    if (model?.experts === undefined)
      reader.note('not-understood', 'how many of the slots are copies depends on the model', SLOTS);
  } else if (given.text('moe_config.load_balancer') !== undefined)
    reader.note('beyond', 'the file that this names says how many copies experts have', 'moe_config.load_balancer');
  const backend = given.text(BACKEND);
  const kernels = backend === undefined ? undefined : BACKENDS.read(backend);
  if (kernels !== undefined) reader.say('engine.moe-backend', kernels, [BACKEND]);
  if (backend?.toUpperCase() === 'WIDEEP')
    reader.note(
      'beyond',
      "`WIDEEP` has no word in a plan, whose times are those of TensorRT-LLM's own exchange",
      BACKEND,
    );
}

const DRAFTED = [
  'speculative_config.num_nextn_predict_layers',
  'speculative_config.max_draft_len',
  'speculative_config.max_draft_tokens',
];

function speculate(reader: LaunchReader, environment: LaunchPlace['environment']): void {
  const { given } = reader;
  const name = DRAFTED.find((drafted) => (given.count(drafted) ?? 0) > 0);
  if (name === undefined) return;
  const forced = environment.get('TLLM_SPEC_DECODE_FORCE_NUM_ACCEPTED_TOKENS');
  const accepted = Number(forced?.value);
  reader.speculation(
    given.count(name) ?? 0,
    [name],
    // The variable counts drafted tokens alone.
    forced && Number.isFinite(accepted) ? { value: accepted + 1, from: forced.place } : undefined,
  );
}
