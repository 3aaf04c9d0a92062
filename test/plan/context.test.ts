import { expect, test } from 'vitest';
import { analyse } from '../../server/src/language/program.ts';
import { modelOf } from '../../server/src/plan/resolve/plan.ts';
import { memorySources } from '../support/sources.ts';

const ROOT = 'file:///workspace/main.moeplan';

const CONFIG = {
  model_type: 'llama',
  num_hidden_layers: 2,
  hidden_size: 64,
  num_attention_heads: 4,
  intermediate_size: 128,
  vocab_size: 1000,
  max_position_embeddings: 4096,
};

function contextOf(block: string): number | undefined {
  const files = new Map([
    [ROOT, block],
    ['file:///workspace/config.json', JSON.stringify(CONFIG)],
  ]);
  const entity = analyse(ROOT, memorySources(files)).lookup('model', 'm');
  const model = entity && modelOf(entity);
  if (!model) throw new Error('the model is not resolved');
  return model.context;
}

test('the longest sequence is what the block says, else what its config says, else not known', () => {
  const parts = 'layers = 2, hidden = 64, attention { heads = 4, head-size = 16 }, dense { ffn = 128 }';
  expect(contextOf(`model m { ${parts} }`)).toBeUndefined();
  expect(contextOf(`model m { context = 8192 tokens, ${parts} }`)).toBe(8192);
  expect(contextOf('model m from "config.json"')).toBe(4096);
  expect(contextOf('model m from "config.json" { context = 8192 tokens }')).toBe(8192);
  expect(contextOf('model n from "config.json"\nmodel m extends n')).toBe(4096);
});
