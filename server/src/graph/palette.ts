/**
 * Colours of the DAG, the passes of the timeline and the memory bars. Their contrast is tested: 4.5:1 for text and 3:1 for
 * shapes, against what is behind them.
 */

export type ThemeKind = 'light' | 'dark' | 'hc-light' | 'hc-dark';

/** Keys are the kinds of `NodeKind`. The file imports nothing, so that the preview page can share it. */
export interface NodeColors {
  readonly fill: string;
  readonly stroke: string;
}

export interface Palette {
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly edge: string;
  readonly critical: string;
  readonly groupStroke: string;
  readonly groupFill: string;
  readonly nodes: Readonly<
    Record<
      'compute' | 'communication' | 'routing' | 'aggregation' | 'gate' | 'source' | 'sink' | 'gpu' | 'network',
      NodeColors
    >
  >;
  /**
   * Forward, backward and weight gradients of a micro-batch. They are drawn above operations, so their colours differ from
   * those.
   */
  readonly passes: Readonly<Record<'forward' | 'backward' | 'weights', NodeColors>>;
  /**
   * Parts of a step and of a request. Labels stand on them in the colour of the background; what only waits is hatched in
   * the colour of muted text instead.
   */
  readonly time: Readonly<
    Record<
      | 'attention'
      | 'experts'
      | 'dense'
      | 'prediction'
      | 'other'
      | 'dispatch'
      | 'combine'
      | 'collective'
      | 'transfer'
      | 'host'
      | 'update'
      | 'prompt'
      | 'handover'
      | 'generating',
      string
    >
  >;
  readonly memory: Readonly<
    Record<
      | 'weights'
      | 'experts'
      | 'kv'
      | 'activations'
      | 'gradients'
      | 'optimizer'
      | 'buffers'
      | 'reserve'
      | 'free'
      | 'over',
      string
    >
  >;
}

/** What the colours of memory mean, in the order in which bars and cells stack them. */
export const MEMORY_LABELS: Readonly<Record<keyof Palette['memory'], string>> = {
  weights: 'Weights',
  experts: 'Experts',
  kv: 'KV cache',
  activations: 'Activations',
  gradients: 'Gradients',
  optimizer: 'Optimizer',
  buffers: 'Buffers',
  reserve: 'Reserve',
  free: 'Free',
  over: 'Over capacity',
};

export const PALETTES: Readonly<Record<ThemeKind, Palette>> = {
  light: {
    background: '#ffffff',
    text: '#1c2430',
    muted: '#525c6b',
    edge: '#7a8494',
    critical: '#b3261e',
    groupStroke: '#7d8797',
    groupFill: '#f5f7fa',
    nodes: {
      compute: { fill: '#dbeafe', stroke: '#2f6fd0' },
      communication: { fill: '#fdecc8', stroke: '#9c6200' },
      routing: { fill: '#e6defa', stroke: '#7a4fd0' },
      aggregation: { fill: '#e6defa', stroke: '#7a4fd0' },
      gate: { fill: '#fbdfeb', stroke: '#c03a78' },
      source: { fill: '#e9edf2', stroke: '#5d6878' },
      sink: { fill: '#e9edf2', stroke: '#5d6878' },
      gpu: { fill: '#ffffff', stroke: '#5d6878' },
      network: { fill: '#fdecc8', stroke: '#9c6200' },
    },
    passes: {
      forward: { fill: '#d3f1f4', stroke: '#0b7a87' },
      backward: { fill: '#d9f2da', stroke: '#2e7d32' },
      weights: { fill: '#f1f2c4', stroke: '#7a7c00' },
    },
    time: {
      attention: '#2f6fd0',
      experts: '#7a4fd0',
      dense: '#0f7f77',
      prediction: '#52728f',
      other: '#6b7280',
      dispatch: '#a06500',
      combine: '#8a5a2b',
      collective: '#c03a78',
      transfer: '#b3261e',
      host: '#5c6b1e',
      update: '#2e7d32',
      prompt: '#0b7a87',
      handover: '#a06500',
      generating: '#2e7d32',
    },
    memory: {
      weights: '#2f6fd0',
      experts: '#7a4fd0',
      kv: '#0f7f77',
      activations: '#a06500',
      gradients: '#c03a78',
      optimizer: '#8a5a2b',
      buffers: '#52728f',
      reserve: '#6b7280',
      free: '#e3e8ee',
      over: '#b3261e',
    },
  },
  dark: {
    background: '#1e1e1e',
    text: '#e8eaed',
    muted: '#b2bac5',
    edge: '#8b95a5',
    critical: '#ff8a80',
    groupStroke: '#7d8796',
    groupFill: '#262a30',
    nodes: {
      compute: { fill: '#1d3557', stroke: '#6ea8ff' },
      communication: { fill: '#4a3510', stroke: '#f0b04a' },
      routing: { fill: '#382a5c', stroke: '#b79bff' },
      aggregation: { fill: '#382a5c', stroke: '#b79bff' },
      gate: { fill: '#4d2138', stroke: '#ff8fbd' },
      source: { fill: '#2d333b', stroke: '#9aa5b4' },
      sink: { fill: '#2d333b', stroke: '#9aa5b4' },
      gpu: { fill: '#1e1e1e', stroke: '#9aa5b4' },
      network: { fill: '#4a3510', stroke: '#f0b04a' },
    },
    passes: {
      forward: { fill: '#12393f', stroke: '#4cc9d6' },
      backward: { fill: '#1d3d22', stroke: '#6fce7c' },
      weights: { fill: '#42421a', stroke: '#d3d45a' },
    },
    time: {
      attention: '#6ea8ff',
      experts: '#b79bff',
      dense: '#4fc7bb',
      prediction: '#8fb4d4',
      other: '#9aa5b4',
      dispatch: '#f0b04a',
      combine: '#d19a66',
      collective: '#ff8fbd',
      transfer: '#ff8a80',
      host: '#b9c46a',
      update: '#6fce7c',
      prompt: '#4cc9d6',
      handover: '#f0b04a',
      generating: '#6fce7c',
    },
    memory: {
      weights: '#6ea8ff',
      experts: '#b79bff',
      kv: '#4fc7bb',
      activations: '#f0b04a',
      gradients: '#ff8fbd',
      optimizer: '#d19a66',
      buffers: '#8fb4d4',
      reserve: '#9aa5b4',
      free: '#3a4049',
      over: '#ff8a80',
    },
  },
  'hc-light': {
    background: '#ffffff',
    text: '#000000',
    muted: '#292929',
    edge: '#292929',
    critical: '#a80000',
    groupStroke: '#000000',
    groupFill: '#ffffff',
    nodes: {
      compute: { fill: '#ffffff', stroke: '#0047a8' },
      communication: { fill: '#ffffff', stroke: '#7a4a00' },
      routing: { fill: '#ffffff', stroke: '#5a1fb0' },
      aggregation: { fill: '#ffffff', stroke: '#5a1fb0' },
      gate: { fill: '#ffffff', stroke: '#98004f' },
      source: { fill: '#ffffff', stroke: '#000000' },
      sink: { fill: '#ffffff', stroke: '#000000' },
      gpu: { fill: '#ffffff', stroke: '#000000' },
      network: { fill: '#ffffff', stroke: '#7a4a00' },
    },
    passes: {
      forward: { fill: '#ffffff', stroke: '#005f6b' },
      backward: { fill: '#ffffff', stroke: '#1b6b1f' },
      weights: { fill: '#ffffff', stroke: '#5c5f00' },
    },
    time: {
      attention: '#0047a8',
      experts: '#5a1fb0',
      dense: '#00605a',
      prediction: '#2b4c6b',
      other: '#4a4a4a',
      dispatch: '#7a4a00',
      combine: '#63400f',
      collective: '#98004f',
      transfer: '#a80000',
      host: '#4b5200',
      update: '#1b6b1f',
      prompt: '#005f6b',
      handover: '#7a4a00',
      generating: '#1b6b1f',
    },
    memory: {
      weights: '#0047a8',
      experts: '#5a1fb0',
      kv: '#00605a',
      activations: '#7a4a00',
      gradients: '#98004f',
      optimizer: '#63400f',
      buffers: '#2b4c6b',
      reserve: '#4a4a4a',
      free: '#ffffff',
      over: '#a80000',
    },
  },
  'hc-dark': {
    background: '#000000',
    text: '#ffffff',
    muted: '#e0e0e0',
    edge: '#e0e0e0',
    critical: '#ff9a92',
    groupStroke: '#ffffff',
    groupFill: '#000000',
    nodes: {
      compute: { fill: '#000000', stroke: '#7fb2ff' },
      communication: { fill: '#000000', stroke: '#ffc35c' },
      routing: { fill: '#000000', stroke: '#c9b3ff' },
      aggregation: { fill: '#000000', stroke: '#c9b3ff' },
      gate: { fill: '#000000', stroke: '#ff9fc8' },
      source: { fill: '#000000', stroke: '#ffffff' },
      sink: { fill: '#000000', stroke: '#ffffff' },
      gpu: { fill: '#000000', stroke: '#ffffff' },
      network: { fill: '#000000', stroke: '#ffc35c' },
    },
    passes: {
      forward: { fill: '#000000', stroke: '#66e0ee' },
      backward: { fill: '#000000', stroke: '#84e08f' },
      weights: { fill: '#000000', stroke: '#e2e460' },
    },
    time: {
      attention: '#7fb2ff',
      experts: '#c9b3ff',
      dense: '#5fe0d3',
      prediction: '#a8cdf0',
      other: '#c8c8c8',
      dispatch: '#ffc35c',
      combine: '#e6b07a',
      collective: '#ff9fc8',
      transfer: '#ff9a92',
      host: '#d6e07a',
      update: '#84e08f',
      prompt: '#66e0ee',
      handover: '#ffc35c',
      generating: '#84e08f',
    },
    memory: {
      weights: '#7fb2ff',
      experts: '#c9b3ff',
      kv: '#5fe0d3',
      activations: '#ffc35c',
      gradients: '#ff9fc8',
      optimizer: '#e6b07a',
      buffers: '#a8cdf0',
      reserve: '#c8c8c8',
      free: '#000000',
      over: '#ff9a92',
    },
  },
};
