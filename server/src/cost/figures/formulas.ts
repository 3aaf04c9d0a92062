import type { FigureUnit } from './figure.ts';

/** One formula of the cost model: docs/cost-model.md and the hovers of figures are made from this table. */
export interface Formula {
  /** What it gives, in one line. */
  readonly summary: string;
  /** Short enough to be read in a hover. What needs words or a formula of its own is a term. */
  readonly expression: string;
  /** What stands in the expression or in a term before, with a line about it; then the cases that have a formula of their own. */
  readonly terms?: Readonly<Record<string, string>>;
  /** What it is given beside constants and the machine, by the symbols of `Cost.given`, and in what unit; a plain number by default. */
  readonly inputs?: Readonly<Record<string, readonly [meaning: string, unit?: FigureUnit]>>;
  /** Paper, project or table that it or its constants come from; `exact` for arithmetic on what the text says. */
  readonly source: string;
}

const AIC = 'NVIDIA aiconfigurator tables, own least-squares fit';
const DEEPEP = 'DeepEP README and aiconfigurator sweeps, own fit';

/** Every formula by the stable name that `Operation.formula` and `Figure.formula` carry. */
export const FORMULAS = {
  // Kernels.
  gemm: {
    summary: 'Dense matrix product on one GPU.',
    expression:
      't0 + d k + ((2 ceil(m/t) t n (k + k_h) / (eta_c P) Q^a)^p + ((n k b_w + m k b_a + 2 m n) / (eta_m BW))^p)^(1/p)',
    terms: { Q: 'ceil(W)/W', W: 'ceil(m/t) ceil(n/128) / SMs' },
    source: AIC,
  },
  'grouped-gemm': {
    summary: 'Routed experts of one GPU, the fullest of its group.',
    expression:
      't0 + c_e E_a + (c_a A + c_t T) w / BW + sum over up and down of d k + ((2 R t n k / (eta_c P) Q^a)^p + ((E_a n k b_w + A (k b_a + 2 n)) / (eta_m BW))^p)^(1/p)',
    terms: { R: 'max(E_a, A/t + f E_a)', Q: 'ceil(W)/W', W: 'R ceil(n/128) / SMs' },
    inputs: {
      A: ['copies of tokens on the GPU'],
      E_a: ['experts that have any of them'],
      T: ['tokens in and out'],
      w: ['elements of a token'],
      't, rows': ['rows of a tile'],
      'n, up': ['columns of the product up'],
      'k, up': ['inner elements of the product up'],
      'n, down': ['columns of the product down'],
      'k, down': ['inner elements of the product down'],
      b_w: ['bytes of a weight'],
      b_a: ['bytes of an input'],
    },
    source: AIC,
  },
  'attention-prefill': {
    summary: 'Attention of new tokens.',
    expression: 't0 + max(n_h (pairs + c_q queries) (2 (d_qk + d_v) / (eta P) + 1 / (SMs r)) Q^a, bytes / (0.8 BW))',
    terms: { Q: 'ceil(W)/W', W: 'sequences n_h ceil(queries/128) / SMs' },
    source: AIC,
  },
  'attention-decode': {
    summary: 'Attention of a decode step over the KV cache.',
    expression: 't0 + (((B + min(ramp, r B)) / (eta BW))^p + (max(FLOP, i B) / (eta_f P))^p)^(1/p)',
    terms: {
      B: 'bytes of the keys that are read: all, those of the window, those that an indexer chooses, compressed entries',
    },
    source: AIC,
  },
  indexer: {
    summary: "Scores of sparse attention's indexer.",
    expression: 't0 + max(2 n_i d_i pairs / (eta P), keys (d_i + 4) / (eta_m BW))',
    terms: {
      pairs: 'a query and a key, or a compressed entry; where whole blocks are chosen keys have 16 bits (2 d_i bytes)',
    },
    source: 'DeepSeek-V3.2 report; DeepSeek-V4 report, 2.3.1; SGLang models/minimax_m3.py',
  },
  'linear-attention': {
    summary: 'Linear attention or a state-space layer.',
    expression: 't0 + max(FLOP / (eta P), (2 state + 8 T n_h d) / (0.8 BW))',
    terms: {
      FLOP: 'T (state + 2 c n_h (d_k + d_v))',
      c: 'tokens of a chunk, 0 in decode',
      training: 'has a factor of its own on the bytes',
    },
    source: 'chunked scan; GDN of SGLang on H20',
  },
  elementwise: {
    summary: 'Norms, sums, gathers.',
    expression: 't0 + bytes / (0.8 BW)',
    source: 'NVIDIA aiconfigurator',
  },
  permutation: {
    summary: 'Token copies put in the order of their experts.',
    expression: "0: part of the experts' measured time",
    source: 'NVIDIA aiconfigurator',
  },
  'not-predicted': {
    summary: 'An operator of a hand-drawn layer of which too little is known; a finding and its picture say so.',
    expression: '0, in no sum',
    source: 'none',
  },
  'prediction-module': {
    summary: "Multi-token-prediction modules; of a draft's passes all but the first hold one token per sequence.",
    expression: 'modules (layer + projection + head)',
    source: 'DeepSeek-V3 report, 2.2',
  },
  // Communication.
  collective: { summary: 'Nothing to communicate.', expression: '0', source: 'exact' },
  'all-reduce': {
    summary: 'All-reduce inside a scale-up domain.',
    expression: 'max(a + a_n (n-2), h) + 2 S (n-1)/n / (eta (1 - d/n) BW) (1 + r / (1 + S/S_0))',
    inputs: {
      S: ['bytes of the buffer of one GPU', 'bytes'],
      n: ['GPUs of the group'],
      h: ['what the hops of the fabric take at least', 'seconds'],
    },
    source: AIC,
  },
  'all-reduce-one-shot': {
    summary: 'One-shot all-reduce of small messages.',
    expression: 'max(a + a_n n, h) + (n-1) S / (eta BW)',
    inputs: {
      S: ['bytes of the buffer of one GPU', 'bytes'],
      n: ['GPUs of the group'],
      h: ['what the hops of the fabric take at least', 'seconds'],
    },
    source: AIC,
  },
  'all-reduce-two-shot': {
    summary: 'Two-shot all-reduce.',
    expression: 'max(a + a_n n, h) + 2 S (n-1)/n / (eta BW)',
    inputs: {
      S: ['bytes of the buffer of one GPU', 'bytes'],
      n: ['GPUs of the group'],
      h: ['what the hops of the fabric take at least', 'seconds'],
    },
    source: AIC,
  },
  'all-reduce-hierarchical': {
    summary: 'All-reduce across domains.',
    expression:
      'h + max(t_in, t_out) + (1 - o) min(t_in, t_out): reduce-scatter inside, all-reduce of S/g between, all-gather inside',
    inputs: {
      h: ['start-up of all of them', 'seconds'],
      t_in: ['volume inside domains', 'seconds'],
      t_out: ['volume between domains', 'seconds'],
      o: ['share that overlaps'],
    },
    source: 'AMD Primus projection; own constants',
  },
  'all-gather': {
    summary: 'All-gather.',
    expression: 'max(a + a_n (n-2), h) + S (n-1)/n / (eta (1 - d/n) BW) (1 + r / (1 + S/S_0))',
    inputs: {
      S: ['bytes of the buffer of one GPU', 'bytes'],
      n: ['GPUs of the group'],
      h: ['what the hops of the fabric take at least', 'seconds'],
    },
    source: AIC,
  },
  'reduce-scatter': {
    summary: 'Reduce-scatter.',
    expression: 'max(a + a_n (n-2), h) + S (n-1)/n / (eta (1 - d/n) BW) (1 + r / (1 + S/S_0))',
    inputs: {
      S: ['bytes of the buffer of one GPU', 'bytes'],
      n: ['GPUs of the group'],
      h: ['what the hops of the fabric take at least', 'seconds'],
    },
    source: AIC,
  },
  'all-to-all': {
    summary: 'All-to-all of equal parts.',
    expression: 'h + max(S (g-1)/n / (eta (1 - d/g) BW) (1 + r / (1 + S/S_0)), S (n-g)/n / (0.85 BW_out))',
    inputs: {
      S: ['bytes of all parts of one GPU', 'bytes'],
      n: ['GPUs of the group'],
      g: ['of these inside one domain'],
      h: ['start-up', 'seconds'],
    },
    source: AIC,
  },
  'point-to-point': { summary: 'One GPU to another.', expression: 'a + S / (eta BW)', source: AIC },
  'deepep-normal-dispatch': {
    summary: 'DeepEP normal dispatch.',
    expression:
      'a + r T / (T + T_0) + T w b max(U_nodes (N-1)/N / (eta NIC), (c_n U_nodes + c_r U_ranks) / SMs, U_ranks (R-1)/R / (eta NVL))',
    source: DEEPEP,
  },
  'deepep-normal-combine': {
    summary: 'DeepEP normal combine.',
    expression:
      'a + r T / (T + T_0) + T w b max(U_nodes (N-1)/N / (eta NIC), (c_n U_nodes + c_r U_ranks) / SMs, U_ranks (R-1)/R / (eta NVL))',
    source: DEEPEP,
  },
  'deepep-low-latency-dispatch': {
    summary: 'DeepEP low-latency dispatch.',
    expression: 'max(a + a_N D + r T / (T + T_0), h) + i T k (w + w/32 + 16) (1 - 1/N) / (eta B)',
    inputs: {
      T: ['tokens that a GPU sends'],
      k: ['experts of a token'],
      w: ['elements of a token'],
      D: ['doublings of the nodes beyond two'],
      N: ['nodes, or GPUs where they are one domain'],
      B: ['bandwidth of the links between them', 'bytes/s'],
      i: ['fullest rank over the mean'],
      h: ['latency there and back, at least', 'seconds'],
    },
    source: DEEPEP,
  },
  'deepep-low-latency-combine': {
    summary: 'DeepEP low-latency combine.',
    expression: 'max(a + a_N D + r T / (T + T_0), h) + i T k 2 w (1 - 1/N) / (eta B)',
    inputs: {
      T: ['tokens that a GPU sends'],
      k: ['experts of a token'],
      w: ['elements of a token'],
      D: ['doublings of the nodes beyond two'],
      N: ['nodes, or GPUs where they are one domain'],
      B: ['bandwidth of the links between them', 'bytes/s'],
      i: ['fullest rank over the mean'],
      h: ['latency there and back, at least', 'seconds'],
    },
    source: DEEPEP,
  },
  'nvlink-dispatch': {
    summary: "TensorRT-LLM's dispatch through peer memory.",
    expression: '(floor^p + (a + T (c + w b U_ranks / (eta NVL)))^p)^(1/p)',
    source: AIC,
  },
  'nvlink-combine': {
    summary: "TensorRT-LLM's combine through peer memory.",
    expression: '(floor^p + (a + T (c + w b U_ranks / (eta NVL)))^p)^(1/p)',
    source: AIC,
  },
  'unique-destinations': {
    summary: 'Distinct ranks that a token is sent to.',
    expression: 'R (1 - C(E - E/R, k) / C(E, k))',
    source: 'exact; group-limited routing to 1.5 % of a Monte Carlo',
  },
  'load-imbalance': {
    summary: 'Load of the fullest expert-parallel rank over the mean.',
    expression: '(max_r T k sum p_e / c_e + sqrt(2 mu ln R) sqrt(1 - 1/R)) / mu',
    source: 'extreme value of sampling noise; 5 % of a Monte Carlo',
  },
  // Figures.
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
