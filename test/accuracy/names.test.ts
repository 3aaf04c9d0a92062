import { describe, expect, test } from 'vitest';
import { catalogueModels } from '../../scripts/accuracy/catalogue.ts';
import { nodeOf } from '../../scripts/accuracy/kernels/machines.ts';
import {
  GPUS,
  gpuNamed,
  machineOf,
  modelNamed,
  servingEngineNamed,
  trainingEngineNamed,
} from '../../scripts/accuracy/names.ts';

const catalogue = [...catalogueModels()];

const MODELS: Readonly<Record<string, readonly string[]>> = {
  'DeepSeek-V3': [
    'deepseek-ai/DeepSeek-V3',
    'DeepSeek-V3-0324',
    'deepseek_v3',
    'DeepSeek V3',
    'DeepSeek-V3/R1',
    'deepseek-ai--DeepSeek-V3',
    'deepseek-ai__DeepSeek-V3-Base',
    'DeepSeek-V3-Base',
    'deepseek-ai/DeepSeek-V3 or R1',
  ],
  'DeepSeek-R1': [
    'nvidia/DeepSeek-R1-NVFP4',
    'deepseek-ai/DeepSeek-R1-0528',
    'nvidia/DeepSeek-R1-0528-FP4-v2',
    '/models/deepseek-r1/',
    'amd/DeepSeek-R1-MXFP4-Preview',
  ],
  'DeepSeek-V3.1': ['nvidia/DeepSeek-V3.1-NVFP4', 'deepseek-ai/DeepSeek-V3.1-Terminus', 'deepseek-v3.1-base'],
  'DeepSeek-V3.2': ['DeepSeek-V3.2-Exp', 'deepseek-ai/DeepSeek-V3.2-Speciale'],
  'DeepSeek-V2': ['DeepSeek-V2-Chat', 'deepseek-ai/DeepSeek-Coder-V2-Instruct', 'DeepSeek-V2.5'],
  'DeepSeek-V2-Lite': ['deepseek-ai/DeepSeek-V2-Lite-Chat'],
  'Llama-3.1-8B': [
    'meta-llama/Llama-3.1-8B-Instruct',
    'Meta-Llama-3.1-8B-Instruct-FP8',
    'llama-3_1-8b',
    'RedHatAI/Meta-Llama-3.1-8B-Instruct-quantized.w8a8',
    'Llama 3.1 8B (TP 1)',
  ],
  'Llama-3-8B': ['LLAMA3-8B', 'meta-llama/Meta-Llama-3-8B'],
  'Llama-3.3-70B': ['nvidia/Llama-3.3-70B-Instruct-NVFP4', 'deepseek-ai/DeepSeek-R1-Distill-Llama-70B'],
  'Llama-3.1-405B': ['meta-llama/Llama-3.1-405B-Instruct-FP8', 'amd/Llama-3.1-405B-Instruct-FP8-KV'],
  'Llama-2-70B': ['LLAMA2-70B', 'meta-llama/Llama-2-70b-chat-hf'],
  'Llama-4-Maverick': ['meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8'],
  'Llama-4-Scout': ['meta-llama/Llama-4-Scout-17B-16E'],
  'Qwen3-32B': ['nvidia/Qwen3-32B-NVFP4', 'Qwen/Qwen3-32B-AWQ'],
  'Qwen3-8B': ['deepseek-ai/DeepSeek-R1-0528-Qwen3-8B'],
  'Qwen3-235B-A22B': ['Qwen/Qwen3-235B-A22B-FP8', 'Qwen3-235B', 'qwen3_235b_a22b'],
  'Qwen3-235B-A22B-2507': ['Qwen/Qwen3-235B-A22B-Thinking-2507', 'Qwen/Qwen3-235B-A22B-Instruct-2507-FP8'],
  'Qwen3-30B-A3B': ['Qwen3-30B-A3B (model name inferred)', 'Qwen3-30B-A3B-GPTQ-Int4', 'Qwen3-30B'],
  'Qwen3-30B-A3B-2507': ['Qwen/Qwen3-30B-A3B-Instruct-2507', 'nvidia/Qwen3-30B-A3B-Thinking-2507-FP4'],
  'Qwen3-Coder-30B-A3B': ['Qwen/Qwen3-Coder-30B-A3B-Instruct'],
  'Qwen2.5-7B': ['Qwen/Qwen2.5-7B-Instruct', 'Qwen/Qwen2-7B-Instruct'],
  'DeepSeek-R1-Distill-Qwen-14B': ['deepseek-ai/DeepSeek-R1-Distill-Qwen-14B'],
  'Qwen3.5-27B': ['Qwen3.5 hybrid 27B class (4-bit)'],
  'Qwen3.8-27B': ['Qwen3.8-27B AutoRound int4', 'Qwen3.8-27B NVFP4 mixed'],
  'GLM-5': ['zai-org/GLM-5-FP8', 'lukealonso/GLM-5-NVFP4 (GLM-5 NVFP4)'],
  'GLM-5.1': ['lukealonso/GLM-5.1-NVFP4-MTP'],
  'Qwen3-Next-80B-A3B': ['Qwen/Qwen3-Next-80B-A3B-Instruct'],
  'Mixtral-8x7B': ['mistralai/Mixtral-8x7B-Instruct-v0.1', 'mixtral_8x7b'],
  'Mistral-7B-v0.1': ['mistralai/Mistral-7B-Instruct-v0.1'],
  'Mistral-Large-2407': ['mistralai/Mistral-Large-Instruct-2411'],
  'gpt-oss-120b': ['openai/gpt-oss-120b', 'GPT OSS 120B', 'openai/gpt-oss-120b-mxfp4'],
  'Kimi-K2': ['moonshotai/Kimi-K2-Instruct', 'Kimi-K2-Base'],
  'Kimi-K2-0905': ['moonshotai/Kimi-K2-Instruct-0905'],
  'Kimi-K2-Thinking': ['moonshotai/Kimi-K2-Thinking'],
  'GLM-4.5-Air': ['zai-org/GLM-4.5-Air-FP8'],
  'Nemotron-3-Nano-30B-A3B': ['Nemotron-3-Nano', 'nvidia/NVIDIA-Nemotron-3-Nano-30B-A3B-BF16'],
  'NVIDIA-Nemotron-Nano-9B-v2': ['nvidia/NVIDIA-Nemotron-Nano-9B-v2'],
  'Phi-3.5-MoE': ['microsoft/Phi-3.5-MoE-instruct'],
  'dots.llm1': ['rednote-hilab/dots.llm1.inst'],
  'command-r-plus': ['CohereForAI/c4ai-command-r-plus-08-2024', 'command-r-plus-08-2024'],
  Arctic: ['Snowflake/snowflake-arctic-instruct'],
  DBRX: ['databricks/dbrx-instruct'],
};

/** Other shapes, however near their names come. */
const UNKNOWN = [
  '',
  '(none)',
  'DeepSeek-V4.1-Flash',
  'Qwen3',
  'Llama-3.1',
  'mistralai/Mistral-7B-Instruct-v0.3',
  'Mistral-Large-3-675B-2512',
  'Jamba-v0.2',
  'MiniMax-M2.1',
  'Qwen3-VL-8B',
  'constructor',
  'GLM-4',
  'Qwen 27B NVFP4',
  'Instruct',
];

describe('model names', () => {
  for (const [name, spellings] of Object.entries(MODELS)) {
    test.each([name, ...spellings])(`%s is ${name}`, (written) => expect(modelNamed(written, catalogue)).toBe(name));
  }

  test.each(UNKNOWN)('"%s" is none of the catalogue', (written) =>
    expect(modelNamed(written, catalogue)).toBeUndefined(),
  );

  test('every model of the catalogue means itself', () => {
    for (const name of catalogue) expect(modelNamed(name, catalogue)).toBe(name);
  });

  test('a name of its own counts before one that differs in tuning', () => {
    expect(modelNamed('org/Kimi-K2-Instruct', ['Kimi-K2', 'Kimi-K2-Instruct'])).toBe('Kimi-K2-Instruct');
    expect(modelNamed('org/Kimi-K2-Instruct-FP8', ['Kimi-K2', 'Kimi-K2-Instruct'])).toBe('Kimi-K2-Instruct');
  });
});

const MACHINES: Readonly<Record<string, readonly string[]>> = {
  'H100-SXM': [
    'H100',
    'h100_sxm',
    'NVIDIA H100 80GB HBM3',
    'H100-SXM5-80GB',
    'H100-80GB',
    'H100 (96GB HBM2e, 500W)',
    '8xH100',
    'H100 NVLink',
    'H100-class SM90',
  ],
  'H100-PCIe': ['H100 PCIe', 'h100_pcie', 'NVIDIA H100 PCIe 80GB'],
  'H100-NVL': ['H100 NVL', 'NVIDIA-H100-NVL'],
  'H200-SXM': ['H200', 'h200_sxm', 'NVIDIA H200 141GB HBM3e', '8x H200 (1 node)', 'GH200 SXM'],
  'H800-SXM': ['H800', 'NVIDIA H800'],
  H20: ['H20', 'H20 96GB', 'H20 96GB class (93.6 GB free)'],
  'H20-3e': ['NVIDIA H20-3e 141GB', 'H20 141GB'],
  'GH200-96GB': ['GH200 96GB'],
  'A800-SXM-80': ['A800', 'NVIDIA A800-SXM4-80GB'],
  'A100-SXM-80': ['A100', 'A100-80GB', 'NVIDIA A100-SXM4-80GB', 'a100_sxm', 'A100 80GB, 40 GPUs'],
  'A100-SXM-40': ['A100-40GB', 'NVIDIA A100-SXM4-40GB', 'a100_sxm_40'],
  'B200-SXM': ['B200', 'b200_sxm', 'NVIDIA B200'],
  'B300-SXM': ['B300', 'DGX-B300'],
  GB200: ['GB200', 'gb200', 'GB200 NVL72', 'gb200_nvl72', 'DGX-GB200', 'GB200/B200'],
  GB300: ['GB300', 'DGX-GB300', 'NVIDIA GB300 NVL72'],
  L40S: ['L40S', 'NVIDIA L40S 48GB', 'L40S (46068 MiB)'],
  L40: ['L40', 'NVIDIA L40'],
  L20: ['L20 48GB'],
  L4: ['L4 24GB', 'NVIDIA L4'],
  A40: ['A40 46068 MiB'],
  A10: ['NVIDIA A10'],
  'RTX-A4000': ['RTX A4000 16GB'],
  'RTX-A6000': ['RTX A6000'],
  'RTX-3090': ['RTX 3090', 'NVIDIA GeForce RTX 3090'],
  'RTX-4090': ['RTX 4090', 'NVIDIA GeForce RTX 4090'],
  'RTX-4090-D': ['RTX 4090D 24GB', 'NVIDIA GeForce RTX 4090 D'],
  'RTX-4090-48GB': ['RTX 4090 48GB'],
  'RTX-5090': ['RTX 5090'],
  GB10: ['GB10 (DGX Spark)', 'NVIDIA GB10', 'DGX Spark'],
  'Jetson-AGX-Thor': ['Jetson AGX Thor 128GB'],
  'Arc-Pro-B60': ['Intel Arc Pro B60 24GB'],
  MI350X: ['MI350X', 'AMD Instinct MI350X'],
  'RTX-PRO-6000': ['RTX PRO 6000', 'rtx_pro_6000', 'NVIDIA RTX PRO 6000 Blackwell Server Edition'],
  MI300X: ['MI300X', 'mi300x', 'AMD Instinct MI300X', '8x MI300X'],
  MI325X: ['mi325x'],
  MI355X: ['AMD Instinct MI355X', 'mi355x'],
};

describe('GPU names', () => {
  for (const [gpu, spellings] of Object.entries(MACHINES)) {
    test.each(spellings)(`%s is ${gpu}`, (written) => expect(gpuNamed(written)?.gpu).toBe(gpu));
  }

  test.each(['', 'V100', 'TPU v5e', 'any', 'H20000', 'MI3000', 'L400', 'A1000'])(
    '"%s" is none of the catalogue',
    (written) => {
      expect(gpuNamed(written)).toBeUndefined();
    },
  );

  test('each is in the catalogue, with the GPUs that its machine has', () => {
    expect(new Set(GPUS.map(({ gpu }) => gpu)).size).toBe(GPUS.length);
    for (const { gpu, node, gpus } of GPUS.filter((named) => named.node !== undefined)) {
      expect(nodeOf(gpu)).toMatchObject({ name: node, gpus, gpu: { name: gpu } });
    }
    expect(machineOf({ key: 'l4', gpu: 'L4', node: 'L4-8', gpus: 8 }, 2)).toEqual({
      blocks: [],
      node: 'L4-8',
      gpus: 8,
    });
  });

  test('cards have a machine of as many as the plan needs', () => {
    const card = GPUS.find(({ gpu }) => gpu === 'RTX-3090');
    expect(card && machineOf(card, 4)).toEqual({
      blocks: ['node RTX-3090-cards { gpu = RTX-3090, gpus = 4, scale-up = 32 GB/s }'],
      node: 'RTX-3090-cards',
      gpus: 4,
    });
  });
});

describe('engine names', () => {
  test.each([
    ['trtllm', 'trt-llm'],
    ['TensorRT-LLM', 'trt-llm'],
    ['tensorrt_llm 1.0.0rc6', 'trt-llm'],
    ['dynamo-trt', 'trt-llm'],
    ['sglang v0.4.6', 'sglang'],
    ['SGLang', 'sglang'],
    ['vLLM 0.11.0', 'vllm'],
    ['llama.cpp', undefined],
    ['Megatron-LM', undefined],
  ])('%s serves as %s', (written, engine) => expect(servingEngineNamed(written)).toBe(engine));

  test.each([
    ['Megatron-Bridge/Megatron-Core (NeMo container)', 'megatron-bridge'],
    ['NeMo', 'megatron-bridge'],
    ['TorchTitan', 'torchtitan'],
    ['torch-titan', 'torchtitan'],
    ['DeepSpeed', undefined],
  ])('%s trains as %s', (written, engine) => expect(trainingEngineNamed(written)).toBe(engine));
});
