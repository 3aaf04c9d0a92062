import { describe, expect, test } from 'vitest';
import { trainingModel } from '../../scripts/accuracy/trainingModels.ts';
import { trainingFacts, typesOf } from '../../scripts/accuracy/trainingPlans.ts';

describe('models of training tables are known however they are written', () => {
  test.each([
    ['Llama-3-70B', 'Llama-3.1-70B'],
    ['LLAMA3-70B', 'Llama-3.1-70B'],
    ['meta-llama/Meta-Llama-3-70B-Instruct', 'Llama-3.1-70B'],
    ['llama3_405b', 'Llama-3.1-405B'],
    ['mixtral/mixtral_8x7b_tp1pp4ep8vpp8_release', 'Mixtral-8x7B'],
  ])('%s is %s of the catalogue', (written, name) => expect(trainingModel(written, 8192)).toEqual({ name }));

  test.each([
    ['GPT-3 175B', 'hidden = 12288'],
    ['gpt3_175b', 'hidden = 12288'],
    ['nvidia/Nemotron-4-340B', undefined],
    ['NVIDIA/Nemotron-340B-Base', 'hidden = 18432'],
    ['DeepSeek-V3-16B (torchtitan)', 'hidden = 2048'],
    ['meta-llama/Llama-2-7b-hf', 'hidden = 4096'],
  ])('%s has its own block', (written, size) => {
    const { block } = trainingModel(written, 2048);
    if (size === undefined) expect(block).toBeUndefined();
    else expect(block).toContain(size);
  });

  test('a model of the catalogue is not taken for a smaller one of the same family', () =>
    expect(trainingModel('deepseek-ai/DeepSeek-V3', 4096).block).toBeUndefined());

  test('one name for two shapes is told apart by the sequence length', () => {
    expect(trainingModel('GPT-1.7B', 2048).block).toContain('hidden = 2304');
    expect(trainingModel('gpt_1.7b', 4096).block).toContain('hidden = 2048');
  });
});

describe('rows that leave out their setting', () => {
  test('take the published recipe of model and GPU', () => {
    const row = {
      model: 'deepseek-ai/DeepSeek-V3',
      gpu: 'NVIDIA GB200 NVL72',
      num_gpus: '256',
      engine: 'Megatron-Core',
    };
    expect(trainingFacts(row)).toMatchObject({ length: 4096, globalBatch: 4096, degrees: { pp: 4, vpp: 4, ep: 64 } });
  });

  test('are not covered where there is none', () =>
    expect(() => trainingFacts({ model: 'DeepSeek-V3', gpu: 'A100', num_gpus: '256' })).toThrow('sequence length'));
});

test.each([
  ['MXFP8', 'fp8-block'],
  ['FP8-MX', 'fp8-block'],
  ['fp8_mx', 'fp8-block'],
  ['FP8-CS', 'fp8'],
  ['NVFP4', 'nvfp4'],
])('%s is arithmetic of %s', (precision, type) => {
  expect(typesOf({ precision })).toContain(`compute = ${type}`);
});
