const AIC = 'NVIDIA aiconfigurator tables (TensorRT-LLM 1.3 collectors)';

/** Where each table of constants comes from. `npm run fit` writes it above the table and `moeplan inspect` prints it. */
export const SOURCES = {
  gemm: `${AIC}; DeepGEMM: Alibaba InferSim tables and the DeepGEMM README; AMD: tuned tables of ROCm aiter`,
  grouped: `${AIC}; DeepGEMM on Hopper: Alibaba InferSim tables and the DeepGEMM README, one product at a time; AMD: tuned tables of ROCm aiter`,
  prefill: `${AIC}; flash: FlashAttention 3's published rates and Alibaba InferSim tables`,
  decode: `${AIC}; flash: FlashInfer and FlashMLA, Alibaba InferSim tables`,
  indexer: "DeepGEMM's index scores on H800, Alibaba InferSim: 28 shapes",
  links: 'NVIDIA aiconfigurator tables of NCCL 2.27-2.29, 2 to 8 GPUs, 512 B to 512 MiB',
  shots: "NVIDIA aiconfigurator tables of TensorRT-LLM's own all-reduce, 2 to 8 GPUs; AMD: vLLM's on eight MI355X",
  deepepLocal: "NVIDIA aiconfigurator's DeepEP sweeps (SGLang 0.5.6) and the DeepEP README",
  deepepRemote: "NVIDIA aiconfigurator's DeepEP sweeps (SGLang 0.5.6), 2 and 4 nodes, and the DeepEP README",
  deepepLowLatency: "NVIDIA aiconfigurator's DeepEP sweeps (SGLang 0.5.6) and the DeepEP README",
  nvlink: `${AIC}; one-sided: TensorRT-LLM's technical blog 18`,
  elementwise: 'NVIDIA aiconfigurator: 3 us and 80 % of memory bandwidth; no table of single kernels',
  scaleOut: 'no table of the network alone: 12 us per doubling of the domains and 85 % of its bandwidth are taken',
  serving: "published serving measurements and full-load runs of TensorRT-LLM; the engines' own defaults",
  training: 'published step times of Megatron-Core, NeMo, Megatron-Bridge and torchtitan',
  memory:
    "the engines' defaults, start-up logs of vLLM and SGLang; training: Megatron-Core's functional tests and torchtitan's runs",
  ideal: 'none: kernels and links alone',
} as const;

export type ConstantTable = keyof typeof SOURCES;
