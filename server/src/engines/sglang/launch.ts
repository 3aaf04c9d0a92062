import {
  amount,
  type Codec,
  direct,
  type EngineLaunch,
  type LaunchPlace,
  pythonModule,
  words,
  yes,
} from '../launch.ts';
import { LaunchReader, largest } from '../launchReading.ts';
import { flagMapping, flagWords, LaunchWriter, LEADER, sharesNoPrefix } from '../launchWriting.ts';
import { SGLANG_ARGUMENTS } from './arguments.ts';

/** `--kv-cache-dtype` (SGLang: srt/server_args.py). */
const KV_TYPES: Codec = words({
  fp8_e4m3: 'fp8',
  fp8_e5m2: 'fp8',
  fp8: 'fp8',
  bf16: 'bf16',
  bfloat16: 'bf16',
  nvfp4: 'nvfp4',
  fp4_e2m1: 'nvfp4',
  fp4_mx_block16: 'mxfp4',
  mxfp8: 'mxfp8',
});

/** `--moe-runner-backend`, where memory depends on it. */
const RUNNERS: Codec = words({
  flashinfer_trtllm: 'trtllm',
  flashinfer_trtllm_routed: 'trtllm',
  flashinfer_cutlass: 'cutlass',
  cutlass: 'cutlass',
  deep_gemm: 'deepgemm',
});

const ROWS = [
  direct('mem-fraction-static', 'engine.memory-fraction', amount),
  direct('chunked-prefill-size', 'engine.chunk'),
  direct('max-running-requests', 'engine.max-requests'),
  direct('context-length', 'engine.max-context'),
  direct('max-total-tokens', 'engine.cache-tokens'),
  direct('page-size', 'engine.page'),
  direct('kv-cache-dtype', 'types.kv', KV_TYPES),
  direct('swa-full-tokens-ratio', 'engine.window-ratio', amount),
  direct('mamba-full-memory-ratio', 'engine.mamba-ratio', amount),
  direct('enable-two-batch-overlap', 'engine.two-batch-overlap', yes),
  direct('enable-dp-lm-head', 'engine.dp-lm-head', yes),
  direct('moe-dense-tp-size', 'engine.dp-dense', {
    read: (size) => Number(size) === 1 || undefined,
    write: (on) => (on ? 1 : undefined),
  }),
  direct('ep-num-redundant-experts', 'pool.redundant-experts'),
];

/** Exchanges with which SGLang sets `ep_size = tp_size` whatever is written (`ServerArgs._handle_a2a_moe`). */
const SPREAD_BY = /^(?:deepep|deepep_v2|megamoe|mooncake|nixl|ascend_fuseep|flashinfer|mori|pplx)$/;

/**
 * How SGLang is started. `tp_size` counts the GPUs of a stage; under attention data parallelism its ranks are among them, and
 * without it `dp_size` starts whole copies (`ServerArgs._data_parallelism_defaults`).
 */
export const launch: EngineLaunch = {
  table: SGLANG_ARGUMENTS,
  modelNames: ['model-path', 'served-model-name'],
  starters: [pythonModule(/^sglang\.launch_server$/), [/(?:^|\/)sglang$/, /^serve$/], pythonModule(/^dynamo\.sglang$/)],
  namesModelFirst: true,
  // Switches are off unless they are given.
  recipe: { key: 'sglang_config', framework: 'sglang', write: (written) => flagMapping(written, () => undefined) },
  container: (version) => `lmsysorg/sglang:${version === undefined ? 'latest' : `v${version}`}`,
  dynamo: {
    module: 'dynamo.sglang',
    image: 'sglang-runtime',
    words: (model, written) => ({ words: ['--model-path', model, ...flagWords(written.arguments, () => [])] }),
  },
  configKeys: /^(?:mem-fraction-static|chunked-prefill-size|tp-size|max-running-requests)$/,
  read(given, place) {
    const reader = new LaunchReader(given);
    const tpSize = given.count('tensor-parallel-size') ?? 1;
    const dpSize = given.count('data-parallel-size') ?? 1;
    const pp = given.count('pipeline-parallel-size') ?? 1;
    const cp = given.count('attn-cp-size') ?? 1;
    // With one rank SGLang switches attention data parallelism off.
    const isAttention = given.flag('enable-dp-attention') === true && dpSize > 1;
    const dp = isAttention ? dpSize : 1;
    reader.degrees({
      tp: [Math.max(1, Math.floor(tpSize / (dp * cp))), 'tensor-parallel-size'],
      cp: [cp, 'attn-cp-size'],
      dp: [dp, 'data-parallel-size', 'enable-dp-attention'],
      pp: [pp, 'pipeline-parallel-size'],
      dcp: [given.count('dcp-size') ?? 1, 'dcp-size'],
    });
    spread(reader, tpSize);
    reader.direct(ROWS);
    overlay(reader, place);
    const { statements, notes } = reader;
    return { statements, notes, gpus: tpSize * pp, replicas: isAttention ? 1 : dpSize };
  },
  ofServer: ['engine.max-requests', 'engine.chunk'],
  start: (model, written, { node, nodes }) => ({
    words: [
      'python3',
      '-m',
      'sglang.launch_server',
      '--model-path',
      model,
      ...flagWords(written.arguments, () => []),
      ...(nodes > 1
        ? ['--nnodes', String(nodes), '--node-rank', String(node), '--dist-init-addr', `${LEADER}:20000`]
        : []),
    ],
  }),
  write(place) {
    const writer = new LaunchWriter(place);
    const { tp, cp, dp, pp, ep, edp, dcp = 1 } = place.pool.parallel;
    writer.degrees({
      'tp-size': tp * cp * dp,
      'pp-size': pp,
      'dp-size': dp,
      'attn-cp-size': cp,
      'dcp-size': dcp,
      'ep-size': ep,
      'moe-dp-size': edp,
    });
    if (dp > 1) writer.give('enable-dp-attention', true);
    if (cp > 1) {
      writer.give('enable-prefill-cp', true);
      writer.give('cp-strategy', 'interleave');
    }
    writer.direct(ROWS);
    exchange(writer);
    serving(writer);
    return { arguments: writer.arguments, environment: writer.environment };
  },
};

/** Modes of DeepEP (SGLang: `--deepep-mode`). */
const MODES: Codec = words({ auto: 'deepep', normal: 'deepep-normal', low_latency: 'deepep-low-latency' });

function exchange(writer: LaunchWriter): void {
  const mode = MODES.write(writer.setting('engine.all-to-all') ?? '');
  if (mode !== undefined && writer.place.pool.parallel.ep > 1) {
    writer.give('moe-a2a-backend', 'deepep');
    writer.give('deepep-mode', mode);
  }
  const dispatch = writer.number('engine.dispatch-tokens');
  if (dispatch !== undefined) writer.set('SGLANG_DEEPEP_NUM_MAX_DISPATCH_TOKENS_PER_RANK', dispatch);
}

function serving(writer: LaunchWriter): void {
  const { pool, deployment } = writer.place;
  if (pool.role !== 'both') writer.give('disaggregation-mode', pool.role);
  if (writer.setting('engine.graphs') === false) writer.give('disable-cuda-graph', true);
  const graphBatch = writer.number('engine.graph-batch');
  if (graphBatch !== undefined) writer.give('cuda-graph-max-bs', graphBatch);
  if (writer.setting('pool.balance') === 'eplb') writer.give('enable-eplb', true);
  const runner = RUNNERS.write(writer.setting('engine.moe-backend') ?? '');
  if (runner !== undefined) writer.give('moe-runner-backend', runner);
  const drafted = writer.number('engine.speculative-tokens') ?? 0;
  if (drafted > 0) {
    // All three numbers or none (`auto_choose_speculative_params`).
    writer.give('speculative-algorithm', 'EAGLE');
    writer.give('speculative-num-steps', drafted);
    writer.give('speculative-eagle-topk', 1);
    writer.give('speculative-num-draft-tokens', drafted + 1);
  }
  if (sharesNoPrefix(deployment)) writer.give('disable-radix-cache', true);
}

/** Degrees of the experts, and how tokens reach them. */
function spread(reader: LaunchReader, tpSize: number): void {
  const { given } = reader;
  const backend = given.text('moe-a2a-backend') ?? 'none';
  const written = given.count('expert-parallel-size') ?? 1;
  const isSpread = SPREAD_BY.test(backend);
  const ep = isSpread ? tpSize : written;
  if (isSpread && ep !== written && given.get('expert-parallel-size'))
    reader.note(
      'rewritten',
      `with \`--moe-a2a-backend ${backend}\` SGLang runs \`ep = ${ep}\`, the whole of \`--tp-size\``,
      'expert-parallel-size',
    );
  if (ep > 1)
    reader.say('parallel.ep', ep, isSpread ? ['moe-a2a-backend', 'expert-parallel-size'] : ['expert-parallel-size']);
  const copies = given.count('moe-dp-size') ?? 1;
  if (copies > 1) reader.say('parallel.edp', copies, ['moe-dp-size']);
  if (backend === 'none') return;
  if (backend === 'deepep' || backend === 'deepep_v2') {
    const word = MODES.read(given.text('deepep-mode') ?? 'auto') ?? 'deepep';
    reader.say('engine.all-to-all', word, ['moe-a2a-backend', 'deepep-mode']);
  } else
    reader.note(
      'beyond',
      `\`${backend}\` has no word in a plan, whose times are those of SGLang's own exchange`,
      'moe-a2a-backend',
    );
}

/** What depends on the role, on several arguments, or on the environment. */
function overlay(reader: LaunchReader, { environment, role, model }: LaunchPlace): void {
  const { given } = reader;
  const kind = role ?? given.text('disaggregation-mode');
  if (role === undefined && (kind === 'prefill' || kind === 'decode'))
    reader.say('pool.role', kind, ['disaggregation-mode']);
  const eager = ['disable-cuda-graph', kind === 'prefill' ? 'disable-prefill-cuda-graph' : 'disable-decode-cuda-graph'];
  const off = eager.find((name) => given.flag(name) === true);
  if (off !== undefined) reader.say('engine.graphs', false, [off]);
  const sizes = ['cuda-graph-max-bs', 'cuda-graph-max-bs-decode'].find((name) => (given.count(name) ?? 0) > 0);
  const listed = largest(given.get('cuda-graph-bs')?.value);
  const most = sizes === undefined ? listed : given.count(sizes);
  if (most !== undefined) reader.say('engine.graph-batch', most, [sizes ?? 'cuda-graph-bs']);
  const balanced = ['enable-eplb', 'init-expert-location'].find((name) => {
    const value = given.get(name)?.value;
    return value !== undefined && value !== null && value !== false && value !== 'false' && value !== 'trivial';
  });
  if (balanced !== undefined) reader.say('pool.balance', 'eplb', [balanced]);
  const runner = given.text('moe-runner-backend');
  const backend = runner === undefined ? undefined : RUNNERS.read(runner);
  if (backend !== undefined) reader.say('engine.moe-backend', backend, ['moe-runner-backend']);
  reader.agree('disaggregation-mode', 'enable-prefill-cp', 'cp-strategy', 'nnodes');
  reader.prefixes('disable-radix-cache', given.flag('disable-radix-cache') === false ? true : undefined);
  speculate(reader, environment);
  quantize(reader, model?.weights);
  const dispatch = environment.get('SGLANG_DEEPEP_NUM_MAX_DISPATCH_TOKENS_PER_RANK');
  const tokens = Number(dispatch?.value);
  if (dispatch && tokens > 0) reader.sayFrom('engine.dispatch-tokens', tokens, [dispatch.place]);
  else if (environment.size === 0) assumeDispatch(reader, most);
}

/**
 * A launch without any variable was cut out of one that has them: DeepEP's buffers are assumed to have room for the largest batch
 * that a rank captures, without which it would not start.
 */
function assumeDispatch(reader: LaunchReader, batch: number | undefined): void {
  const { given } = reader;
  const isUsed = given.text('moe-a2a-backend') === 'deepep' && given.text('deepep-mode') !== 'normal';
  if (!isUsed || batch === undefined || batch <= DEFAULT_DISPATCH) return;
  reader.assume(
    'engine.dispatch-tokens',
    batch,
    `no environment is named; \`SGLANG_DEEPEP_NUM_MAX_DISPATCH_TOKENS_PER_RANK\` has to be at least ${batch}`,
  );
}

/** `SGLANG_DEEPEP_NUM_MAX_DISPATCH_TOKENS_PER_RANK` where nobody sets it (SGLang: srt/environ.py). */
const DEFAULT_DISPATCH = 128;

function speculate(reader: LaunchReader, environment: LaunchPlace['environment']): void {
  const { given } = reader;
  const algorithm = given.text('speculative-algorithm');
  if (algorithm === undefined || given.get('speculative-algorithm')?.value === null) return;
  const steps = given.count('speculative-num-steps');
  const drafts = given.count('speculative-num-draft-tokens');
  const topk = given.count('speculative-eagle-topk') ?? 1;
  const tokens = topk > 1 ? (drafts ?? 1) - 1 : (steps ?? (drafts === undefined ? AUTOMATIC_STEPS : drafts - 1));
  const named = ['speculative-num-steps', 'speculative-num-draft-tokens', 'speculative-algorithm'];
  const simulated = environment.get('SGLANG_SIMULATE_ACC_LEN');
  const length = Number(simulated?.value);
  reader.speculation(
    tokens,
    named.filter((name) => given.get(name)).slice(0, 1),
    simulated && Number.isFinite(length) && length >= 1 ? { value: length, from: simulated.place } : undefined,
  );
}

/** Steps that SGLang drafts where none of the three numbers is given, for most models (`auto_choose_speculative_params`). */
const AUTOMATIC_STEPS = 3;

/** `--quantization` as the type that it makes of weights. */
const ONLINE: Readonly<Record<string, string>> = {
  fp8: 'fp8',
  mxfp8: 'mxfp8',
  modelopt_fp4: 'nvfp4',
  modelopt_fp8: 'fp8',
  mxfp4: 'mxfp4',
  w8a8_int8: 'int8',
};

function quantize(reader: LaunchReader, stored: string | undefined): void {
  const method = reader.given.text('quantization');
  const type = method === undefined ? undefined : ONLINE[method.toLowerCase()];
  if (type !== undefined && !stored?.startsWith(type)) reader.say('types.weights', type, ['quantization']);
}
