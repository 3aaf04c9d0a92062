import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import type { Deployment, EngineName, Workload } from '../../server/src/plan/deployment.ts';
import { AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';
import { CATALOG, catalogSources } from '../catalog/catalog.ts';

export type ServingWorkload = Extract<Workload, { kind: 'serving' }>;

export const SERVING_ENGINES: readonly EngineName[] = ['ideal', 'vllm', 'sglang', 'trt-llm'];

function declared(kind: 'model' | 'node'): string[] {
  const pattern = new RegExp(`^${kind}\\s+(\\S+)\\s*(?:\\{|extends)`, 'gm');
  return [...CATALOG.values()].flatMap((text) => [...text.matchAll(pattern)].map(([, name = '']) => name));
}

export const CATALOGUE_MODELS: readonly string[] = declared('model');
/** Machines of the makers: those of the clouds are the same GPUs. */
export const CATALOGUE_NODES: readonly string[] = declared('node').filter((name) => !/[.]|^(a\d|ND|BM)/.test(name));

/** How eight GPUs are used. Not every model can take every layout. */
export const LAYOUTS = {
  'tp 8': 'gpus = 0..7, parallel { tp = 8 }',
  'tp 2': 'gpus = 0..1, parallel { tp = 2 }',
  'tp 1': 'gpus = 0..0',
  'tp 4': 'gpus = 0..3, parallel { tp = 4 }',
  'tp 4, dp 2': 'gpus = 0..7, parallel { tp = 4, dp = 2 }',
  'tp 8, ep 8': 'gpus = 0..7, parallel { tp = 8, etp = 1, ep = 8 }',
  'dp 8, ep 8': 'gpus = 0..7, parallel { dp = 8, ep = 8 }',
  'tp 2, pp 4': 'gpus = 0..7, parallel { tp = 2, pp = 4 }',
  'tp 4, 2 replicas': 'pool both { gpus = 0..7, replicas = 2, parallel { tp = 4 } }',
  'tp 1, dp 2': 'gpus = 0..1, parallel { tp = 1, dp = 2 }',
  'tp 1, dp 4': 'gpus = 0..3, parallel { tp = 1, dp = 4 }',
  'tp 1, 2 replicas': 'pool both { gpus = 0..1, replicas = 2, parallel { tp = 1 } }',
  'tp 2, dp 2': 'gpus = 0..3, parallel { tp = 2, dp = 2 }',
  'tp 2, dp 4': 'gpus = 0..7, parallel { tp = 2, dp = 4 }',
  'tp 2, 2 replicas': 'pool both { gpus = 0..3, replicas = 2, parallel { tp = 2 } }',
  'tp 4, dp 4': 'gpus = 0..15, parallel { tp = 4, dp = 4 }',
  '16 GPUs, tp 16': 'gpus = 0..15, parallel { tp = 16 }',
  'prefill tp 4, decode tp 4': `pool prefill { gpus = 0..3, parallel { tp = 4 } }
    pool decode { gpus = 4..7, parallel { tp = 4 } }
    prefill -> decode`,
  'prefill dp 8, decode dp 8': `pool prefill { gpus = 0..7, parallel { dp = 8, ep = 8 } }
    pool decode { gpus = 8..15, parallel { dp = 8, ep = 8 } }
    prefill -> decode`,
} as const;

export type Layout = keyof typeof LAYOUTS;

function isLayout(name: string): name is Layout {
  return Object.hasOwn(LAYOUTS, name);
}

const layouts = Object.keys(LAYOUTS).filter(isLayout);

export interface Choice {
  readonly model: string;
  readonly node: string;
  readonly engine: EngineName;
  readonly layout: Layout;
}

const cache = new AnalysisCache();
const known = new Map<string, Deployment | undefined>();

/** The plan of a choice as the language resolves it; nothing where the model cannot be laid out so. */
export function catalogueDeployment(choice: Choice): Deployment | undefined {
  const { model, node, engine, layout } = choice;
  const key = JSON.stringify(choice);
  if (known.has(key)) return known.get(key);
  const text = `cluster machines { node = ${node}, count = 8 }
workload load { input = 1000 tokens, output = 100 tokens, concurrency = 8 }
deployment tried {
  model = ${model}, cluster = machines, workload = load
  engine { name = ${engine} }
  ${LAYOUTS[layout]}
}
`;
  const uri = pathToFileURL('/catalogue/tried.moeplan').href;
  const analysis = analyseDocument(uri, catalogSources(new Map([[uri, text]])), cache);
  const resolved = analysis.plan.deployments[0];
  const deployment = resolved?.invalid === undefined ? resolved?.deployment : undefined;
  known.set(key, deployment);
  return deployment;
}

export const choices: fc.Arbitrary<Choice> = fc.record({
  model: fc.constantFrom(...CATALOGUE_MODELS),
  node: fc.constantFrom(...CATALOGUE_NODES),
  engine: fc.constantFrom(...SERVING_ENGINES),
  layout: fc.constantFrom(...layouts),
});
