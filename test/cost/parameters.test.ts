import { describe, expect, test } from 'vitest';
import { modelFlop } from '../../server/src/cost/flop.ts';
import { storedBytes } from '../../server/src/cost/parameters/checkpoint.ts';
import { headBytes, matrixBytes, parametersOf } from '../../server/src/cost/parameters/parameters.ts';
import type { Model } from '../../server/src/plan/model.ts';
import {
  ANALYSIS_MODEL,
  DEEPSEEK_V3,
  dense,
  experts,
  FP8_TYPES,
  gqa,
  layer,
  MIXTRAL,
  model,
  QWEN3_235B,
  times,
} from '../support/deployments.ts';

const LLAMA_8B = model(4096, [layer('dense', gqa(32, 8, 128), dense(14336))], times(32), { vocabulary: 128256 });
const LLAMA_405B = model(16384, [layer('dense', gqa(128, 8, 128), dense(53248))], times(126), { vocabulary: 128256 });
const QWEN3_8B = model(4096, [layer('dense', gqa(32, 8, 128, { qkNorm: true }), dense(12288))], times(36), {
  vocabulary: 151936,
});
const GPT_OSS_120B = model(
  2880,
  [
    layer(
      'moe',
      gqa(64, 8, 64, { bias: true, outputBias: true, sinks: true }),
      experts(128, 4, 2880, { bias: true, routerBias: true }),
    ),
  ],
  times(36),
  { vocabulary: 201088 },
);
const QWEN15_MOE = model(
  2048,
  [
    layer(
      'moe',
      gqa(16, 16, 128, { bias: true }),
      experts(60, 4, 1408, { shared: 4, sharedFfn: 5632, sharedGate: true }),
    ),
  ],
  times(24),
  { vocabulary: 151936 },
);

describe('parameters to the integer', () => {
  // Totals as the Hugging Face hub and the models' reports state them.
  const published: readonly (readonly [string, Model, number])[] = [
    ['DeepSeek-V3 without its prediction module', DEEPSEEK_V3, 671_026_419_200],
    ['Mixtral-8x7B', MIXTRAL, 46_702_792_704],
    ['Qwen3-235B-A22B', QWEN3_235B, 235_093_634_560],
    ['Llama-3.1-8B', LLAMA_8B, 8_030_261_248],
    ['Llama-3.1-405B', LLAMA_405B, 405_853_388_800],
    ['Qwen3-8B', QWEN3_8B, 8_190_735_360],
    ['gpt-oss-120b', GPT_OSS_120B, 116_829_156_672],
    ['Qwen1.5-MoE-A2.7B', QWEN15_MOE, 14_315_784_192],
  ];
  for (const [name, of, total] of published) {
    test(name, () => expect(parametersOf(of).total).toBe(total));
  }

  test('DeepSeek-V3: 36.6 billion active', () => {
    // README_WEIGHTS says 36.7 billion with the embedding's 0.9 billion rows counted differently.
    expect(parametersOf(DEEPSEEK_V3).active / 1e9).toBeCloseTo(36.6, 1);
  });

  test('the hub total of DeepSeek-V3: prediction module, its copies of embedding and head, and block scales', () => {
    const whole = { ...DEEPSEEK_V3, mtpModules: 1 };
    const { counts, total } = parametersOf(whole);
    const { weightBytes } = parametersOf({ ...whole, types: FP8_TYPES });
    const module = 2 * 7168 ** 2 + 5 * 7168 + 1536 + 512 + 256 * 7168 + 256;
    const wide = counts.norms + counts.router + counts.embedding + counts.head + module;
    const scales = (weightBytes - total - wide) / 4;
    expect(total + counts.embedding + counts.head + scales).toBe(684_531_386_000);
  });
});

describe('experts of pictures', () => {
  const text = layer('moe', gqa(20, 4, 128), experts(64, 6, 1536, { routerBias: true }));
  const both = layer('moe', gqa(20, 4, 128), experts(64, 6, 1536, { routerBias: true, visionFfn: 512 }));
  const [without, withThem] = [text, both].map((of) =>
    parametersOf(model(2560, [of], times(27), { vocabulary: 103_424 })),
  );

  test('are as many as the others, with a router of their own', () => {
    const added = 27 * (64 * 3 * 2560 * 512 + 64 * 2560 + 64);
    expect(withThem?.total).toBe((without?.total ?? 0) + added);
    expect(withThem?.perExpert).toBe(3 * 2560 * (1536 + 512));
  });

  test('are met by no token of text', () => {
    expect(withThem?.active).toBe(without?.active);
    const flop = (of: typeof text) => modelFlop(model(2560, [of], times(27), { vocabulary: 103_424 }), 1, 100, 0, 100);
    expect(flop(both)).toBe(flop(text));
  });
});

test('a number that scales a layer is one parameter, and norms of prediction modules may be others', () => {
  const plain = layer('dense', gqa(32, 8, 128), dense(14336));
  const total = (of: typeof plain, more: Partial<Model> = {}) =>
    parametersOf(model(4096, [of], times(30), { vocabulary: 1000, ...more })).total;
  expect(total({ ...plain, isScaled: true })).toBe(total(plain) + 30);
  expect(total(plain, { mtpModules: 2, mtpNorms: 2 })).toBe(total(plain, { mtpModules: 2 }) - 2 * 4096);
});

describe('a vector of each token in every layer', () => {
  const plain = layer('dense', gqa(8, 1, 256), dense(6144));
  const of = (tokenWidth: number) =>
    model(1536, [{ ...plain, tokenWidth }], times(35), { vocabulary: 262_144, tied: true, tokenRows: 262_144 });
  const without = model(1536, [plain], times(35), { vocabulary: 262_144, tied: true });
  const [before, after] = [parametersOf(without), parametersOf(of(256))];
  const projections = 35 * (2 * 1536 * 256 + 1536) + 1536 * 35 * 256 + 256;

  test('has a table for all of them, a projection beside it, and two matrices with a norm in each', () => {
    expect(after.total - before.total).toBe(262_144 * 35 * 256 + projections);
  });

  test('meets a token with everything but the table', () => {
    expect(after.active - before.active).toBe(projections);
    expect(modelFlop(of(256), 1, 100, 0, 100) - modelFlop(without, 1, 100, 0, 100)).toBe(
      2 * 100 * (35 * 2 * 1536 * 256 + 1536 * 35 * 256),
    );
  });
});

describe('bytes', () => {
  test('one expert of the analysed model is 512 MiB', () => {
    expect(parametersOf(ANALYSIS_MODEL).bytesPerExpert).toBe(536_870_912);
  });

  test('fp8 blocks carry one fp32 scale per 128 x 128, parts of blocks too', () => {
    expect(matrixBytes(128, 128, 'fp8-block')).toBe(16_384 + 4);
    expect(matrixBytes(129, 576, 'fp8-block')).toBe(129 * 576 + 4 * 2 * 5);
  });

  test('narrow types carry their group scales', () => {
    expect(matrixBytes(1, 32, 'mxfp4')).toBe(17);
    expect(matrixBytes(1, 32, 'nvfp4')).toBe(18);
    expect(matrixBytes(1, 32, 'int4')).toBe(18);
    expect(matrixBytes(1, 128, 'int4-64')).toBe(64 + 2 * 2);
    expect(matrixBytes(1, 128, 'int4-128')).toBe(64 + 2);
    expect(matrixBytes(1, 32, 'mxfp8')).toBe(33);
    // One fp32 scale for each output, however many inputs it has.
    expect(matrixBytes(4096, 100, 'fp8-channel')).toBe(4096 * 100 + 4 * 100);
  });

  test('tables in fp8 have a scale for each word', () => {
    const types = { ...FP8_TYPES, embedding: 'fp8-channel' } as const;
    const model = { ...DEEPSEEK_V3, types };
    const { vocabulary, hidden } = model;
    expect(headBytes(model, vocabulary)).toBe(vocabulary * hidden + 4 * vocabulary);
    const wide = { ...model, types: { ...types, embedding: 'fp8' } } as const;
    expect(parametersOf(model).weightBytes - parametersOf(wide).weightBytes).toBe(2 * 4 * vocabulary);
  });

  test('a checkpoint stores what a server does not load', () => {
    const extras = { copiedTables: 0, rotaryFrequencies: 0 };
    const model = { ...DEEPSEEK_V3, checkpoint: extras };
    const more = { ...model, checkpoint: { ...extras, apart: 1000, unused: 10 } };
    expect(storedBytes(more, true) - storedBytes(model, true)).toBe(2 * 1010);
  });

  test('norms and router of an fp8 model stay 16 bits wide', () => {
    const { weightBytes, total } = parametersOf({ ...DEEPSEEK_V3, types: FP8_TYPES });
    const { counts } = parametersOf(DEEPSEEK_V3);
    const wide = counts.norms + counts.router + counts.embedding + counts.head;
    const scales = weightBytes - total - wide;
    // 4 bytes per 16,384 elements, and a little for parts of blocks.
    expect(scales / ((total - wide) / 4096)).toBeCloseTo(1, 2);
    expect(scales % 4).toBe(0);
  });
});
