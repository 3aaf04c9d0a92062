import type { Formula } from './formula.ts';
import { KERNEL_FORMULAS } from './kernelFormulas.ts';

/** Every formula by the stable name that `Operation.formula` and `Figure.formula` carry. */
export const FORMULAS = {
  ...KERNEL_FORMULAS,
  parameters: {
    summary: 'Parameters of the model.',
    expression: 'sum of rows x columns of every tensor',
    source: 'exact',
  },
  'weight-bytes': {
    summary: 'Stored bytes of weights.',
    expression: 'sum over tensors of elements x bytes + block scales',
    source: 'exact',
  },
  memory: {
    summary: 'Memory of one GPU.',
    expression: 'weights + KV cache + activations + gradients + optimizer + buffers + reserve',
    source: 'exact weights and cache; activations by live tensors',
  },
  'requests-that-fit': {
    summary: 'Requests of full length that the KV cache holds.',
    expression: 'floor((fraction x memory - fixed) / bytes per request) x dp x replicas',
    source: 'engine documentation',
  },
  'longest-context': {
    summary: 'Tokens of the longest request that fits alone.',
    expression: 'most tokens with bytes per request <= fraction x memory - fixed, in whole pages',
    source: 'engine documentation',
  },
  'requests-in-flight': {
    summary: 'Requests that the workload has in a pool at once.',
    expression: 'concurrency x share of the pool',
    source: "definition; with a request rate Little's law",
  },
  'requests-finished': {
    summary: 'Requests that are finished per second.',
    expression: 'requests in flight / latency',
    source: "Little's law",
  },
  'operation-flop': {
    summary: 'Arithmetic of an operation on one GPU.',
    expression: '2 x products that are added up',
    source: 'exact',
  },
  'operation-bytes': {
    summary: 'Bytes that an operation reads and writes in memory, or sends.',
    expression: 'sum over tensors of elements x bytes',
    source: 'exact',
  },
  'link-time': {
    summary: 'Time in which links work, by the formulas of what is sent over them.',
    expression: 'sum t_i over the collectives of a step',
    source: 'sum of the operations',
  },
  'wire-time': {
    summary: 'Time in which links would work at their full bandwidth.',
    expression: 'bytes / BW',
    source: 'definition',
  },
  group: {
    summary: 'Time that a micro-batch waits for several operations that are drawn as one.',
    expression: 'sum t_i of what nothing hides',
    source: 'sum of the operations',
  },
  handover: {
    summary: 'Time in which the KV cache of a prompt is sent to the pool that generates.',
    expression: 'bytes / (0.8 BW)',
    source: 'NVIDIA aiconfigurator',
  },
  share: { summary: 'A part of a whole.', expression: 'part / whole', source: 'definition' },
  'over-measured': {
    summary: 'A prediction beside what was measured.',
    expression: 'predicted / measured',
    source: 'definition',
  },
  count: { summary: 'Counted on the plan.', expression: 'count', source: 'exact' },
  step: {
    summary: 'Time of one step from the source to the sink.',
    expression: 'sum t_i + (m - 1) max t_i over pipeline stages',
    source: 'flow shop of equal jobs',
  },
  'training-step': {
    summary: 'Time of one training step.',
    expression: 'last end in the event list of the schedule',
    terms: { 'event list': 'forward, backward and weight gradients of m micro-batches' },
    source: 'Narayanan 2021, Qi 2023, DeepSeek DualPipe',
  },
  throughput: { summary: 'Tokens per second.', expression: 'tokens / step', source: 'definition' },
  'serving-throughput': {
    summary: 'Tokens generated per second.',
    expression: 'output x requests in flight / latency',
    terms: {
      'requests in flight':
        'concurrency; over a benchmark of W rounds that ends the mean, W / (W + (1 + s) (1 - sqrt(pi / (4 c))) (1 + alone) / 2 - (1 + s^2 / 3) / 2) of it for lengths within a share s',
      alone: 'TPOT of a single request over that of c',
    },
    source: "Little's law; the longest of c lives that have begun at random",
  },
  'throughput-per-gpu': {
    summary: 'Tokens per second and GPU.',
    expression: 'throughput / GPUs',
    source: 'definition',
  },
  'tokens-per-user': {
    summary: 'Tokens per second of one user.',
    expression: '1 / TPOT',
    source: 'definition',
  },
  'tokens-per-price': {
    summary: 'Tokens for one unit of the price.',
    expression: 'throughput / (price x GPUs)',
    source: 'definition',
  },
  'memory-margin': {
    summary: 'Share of the memory of the fullest GPU that is free.',
    expression: 'free / capacity',
    source: 'exact',
  },
  latency: { summary: 'Time of one step.', expression: 'step', source: 'definition' },
  'request-latency': {
    summary: 'Time of one request from end to end.',
    expression: 'TTFT + (output - 1) TPOT',
    source: 'definition',
  },
  ttft: {
    summary: 'Time to the first token.',
    expression: 'request + prompt + ahead + step + wait',
    terms: {
      request: 'what the engine adds to every request',
      prompt:
        'its own prompt: max(T_pre, k T_pre_k), T_pre for a prompt alone, T_pre_k for each of k that share a step',
      ahead:
        'prompts read before it: (a + burst) T_pre_k, at most the other prompts of the rank, less what decode steps hide of them',
      'prompts first':
        'an engine that reads prompts between decode steps: after a decode step prompts have come with the chance p = 1 - exp(-n), n of them on average over the ranks that step together; ahead + step = T_dec and n prompts that share the own step',
      a: 'min((b - k) / 2, rho / (2 (1 - rho))) prompts, with b requests on a rank that spends the share rho of its time on prompts',
      burst: 'half of the prompts that a benchmark sends at its start, times their share of all',
      step: '(1/2 + ranks) T_dec: half of the running decode step, and those for which ranks that exchange experts hold it back',
      wait: 'until the cache has room: (requests - held) / rate; in vLLM input / (input + output / 2) of it',
      'output of 1': 'request + max(T_pre, b T_pre_k) + wait',
      'pools apart': '(concurrency - decoding) / rate',
    },
    source: "continuous batching in closed form, mean wait of a queue; Little's law",
  },
  tpot: {
    summary: 'Time per output token.',
    expression: 'T_dec / accepted + later / (output - 1)',
    terms: {
      accepted: 'tokens that a step yields, more than one with speculation',
      later:
        'prompts read between the tokens of a request: b (T_pre_k - hidden) less what its first token waits for, b requests on a rank; S p T_pre_k of S decode steps where prompts go first',
      hidden: 'what an engine that mixes prompts into decode steps hides of each',
      vLLM: 'adds the rest of the wait for cache, over output - 1',
    },
    source: 'continuous batching in closed form',
  },
  utilisation: {
    summary: 'Model FLOP over peak FLOP of the GPUs used.',
    expression: 'model FLOP / (step x sum of peaks)',
    source: 'Narayanan 2021, appendix',
  },
  bubble: {
    summary: 'Share of GPU time lost to waiting for other stages and for transfers between them.',
    expression: 'sum over stages of (schedule - busy) / (stages x step)',
    terms: { schedule: 'the step without what the engine does between steps' },
    source: 'event list of the schedule',
  },
  'exposed-communication': {
    summary: 'Time of a step in which only communication runs, as the mean of the stages.',
    expression: 'sum over stages of communication not hidden / stages',
    terms: {
      communication:
        'collectives; for transfers between stages stages wait, which is the bubble. In training gradients too',
    },
    source: 'sum of the operations',
  },
  'step-part': {
    summary: 'Time of a step that operations of one kind take, as the mean of its GPUs.',
    expression: 'sum t_i x layers x micro-batches / stages',
    terms: {
      t_i: 'exposed time of an operation: what runs beside other work counts as far as it is waited for',
      training: 't_i has the proportions of kernels in the predicted time of a pass',
    },
    source: 'sum of the operations',
  },
  'request-part': {
    summary: 'Time that a request spends on one thing.',
    expression: 'waiting + prompt + hand-over + (output - 1) (T_dec / accepted + between)',
    terms: {
      waiting: 'TTFT less the prompt read alone and the hand-over of its cache',
      between: 'TPOT less T_dec / accepted: prompts of others between two tokens',
    },
    source: 'definition',
  },
  'pool-load': {
    summary: 'What a pool does of what it could do, were other pools never to hold it up.',
    expression: 'rate / capacity',
    terms: {
      capacity:
        'where prompts are read dp x replicas / T_pre_k; where tokens are generated requests that the cache holds / ((output - 1) TPOT)',
    },
    source: "Little's law",
  },
  'kv-tokens': {
    summary: 'Tokens that the KV cache of a pool holds.',
    expression: 'tokens of an attention rank x dp x replicas',
    source: 'engine documentation',
  },
  'step-parts': {
    summary: 'A part of a step, as the mean of the stages.',
    expression: 'step - the other parts',
    terms: { parts: 'computation, exposed communication, pipeline bubble, between steps' },
    source: 'event list of the schedule',
  },
  bottleneck: {
    summary: 'What takes the largest part of a step.',
    expression: 'largest t_i / step',
    terms: { t_i: 'time of the operations that one thing bounds' },
    source: 'sum of the operations',
  },
  speedup: {
    summary: 'Throughput of the last deployment over the first.',
    expression: 'over / under',
    terms: { over: 'throughput of the last deployment', under: 'throughput of the first' },
    source: 'definition',
  },
  'latency-ratio': {
    summary: 'Latency of the first deployment over the last.',
    expression: 'over / under',
    terms: { over: 'latency of the first deployment', under: 'latency of the last' },
    source: 'definition',
  },
} as const satisfies Readonly<Record<string, Formula>>;

export type FormulaName = keyof typeof FORMULAS;
