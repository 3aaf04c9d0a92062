import type { Formula } from './formula.ts';

const AIC = 'NVIDIA aiconfigurator tables, own least-squares fit';
const DEEPEP = 'DeepEP README and aiconfigurator sweeps, own fit';

/** Formulas of kernels and of communication, by the name that `Operation.formula` carries. */
export const KERNEL_FORMULAS = {
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
} as const satisfies Readonly<Record<string, Formula>>;
