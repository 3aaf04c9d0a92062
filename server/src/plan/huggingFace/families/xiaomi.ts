import type { Families } from '../family.ts';

export const families: Families = {
  // Qwen 2 with a prediction module (modeling_mimo.py of the checkpoint): norms on token and hidden state, one projection of
  // both, a layer and a last norm.
  mimo: {
    qkvBias: true,
    outputBias: false,
    windowsFlagged: true,
    windowsLast: true,
    defaults: { max_window_layers: 28 },
    known: {
      models: 'MiMo-7B',
      published: { model: 'MiMo-7B-Base', total: 7_833_409_536 },
      source: 'modeling_mimo.py of XiaomiMiMo/MiMo-7B-Base',
    },
  },
};
