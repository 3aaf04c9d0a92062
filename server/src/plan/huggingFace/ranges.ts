import { blocksNamed, propertySpec } from '../../language/vocabulary/vocabulary.ts';
import { type ConfigSize, shapeOf } from '../attention.ts';
import type { FeedForward, Model } from '../model.ts';

/**
 * The first size from a config that is outside the range of the vocabulary, as a sentence; undefined when all are inside.
 * The language would not let anyone write such a size, and a width of 0 would give figures that are not numbers.
 */
export function outOfRange(model: Model): string | undefined {
  const sizes = [
    ['model', 'hidden', model.hidden, 'hidden_size'] as const,
    ['model', 'vocabulary', model.vocabulary, 'vocab_size'] as const,
    ['model', 'positions', model.positions, 'max_position_embeddings'] as const,
    ['model', 'mtp', model.mtpModules, 'num_nextn_predict_layers'] as const,
    ...[...model.classes, ...(model.mtpLayer ? [model.mtpLayer] : [])].flatMap(({ attention, feedForward }) => [
      ...(shapeOf(attention)?.configSizes() ?? []),
      ...sizesOfFeedForward(feedForward),
    ]),
  ];
  for (const [block, property, value, field] of sizes) {
    const range = rangeOf(block, property);
    if (value === undefined || !range) continue;
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = range;
    if (value < min) return `\`${field}\` gives ${value}, and at least ${min} is needed; correct it`;
    if (value > max) return `\`${field}\` gives ${value}, and at most ${max} is computed; correct it`;
  }
  return undefined;
}

function rangeOf(block: string, property: string) {
  const [spec] = blocksNamed(block);
  return spec && propertySpec(spec, property)?.range;
}

function sizesOfFeedForward(feedForward: FeedForward): readonly ConfigSize[] {
  switch (feedForward.kind) {
    case 'none':
      return [];
    case 'dense':
      return [['dense', 'ffn', feedForward.ffn, 'intermediate_size']];
    case 'moe':
      return [
        ['experts', 'count', feedForward.count, 'num_experts'],
        ['experts', 'top-k', feedForward.topK, 'num_experts_per_tok'],
        ['experts', 'ffn', feedForward.ffn, 'moe_intermediate_size'],
        ['experts', 'shared', feedForward.shared, 'n_shared_experts'],
        [
          'experts',
          'shared-ffn',
          feedForward.shared > 0 ? feedForward.sharedFfn : undefined,
          'shared_intermediate_size',
        ],
        ['experts', 'latent', feedForward.latent, 'latent'],
        ['experts', 'parallel-ffn', feedForward.parallelFfn, 'intermediate_size'],
        ['experts', 'vision-ffn', feedForward.visionFfn, 'moe_intermediate_size'],
        ['experts', 'zero', feedForward.zero, 'zero_expert_num'],
        ['experts', 'groups', feedForward.groups, 'n_group'],
        ['experts', 'top-groups', feedForward.topGroups, 'topk_group'],
      ];
  }
}
