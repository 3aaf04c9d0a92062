import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { NodeSources } from '../../server/src/host/nodeSources.ts';
import { AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';

const CATALOG = join(import.meta.dirname, '..', '..', 'server', 'src', 'catalog');

/** Machines in which each GPU is usually sold; GPUs by the first word of their name, lower case. */
const NODES: Readonly<Record<string, { readonly node: string; readonly gpus: number }>> = {
  a100: { node: 'DGX-A100', gpus: 8 },
  h100: { node: 'DGX-H100', gpus: 8 },
  h200: { node: 'DGX-H200', gpus: 8 },
  h800: { node: 'H800x8', gpus: 8 },
  h20: { node: 'H20x8', gpus: 8 },
  b200: { node: 'DGX-B200', gpus: 8 },
  b300: { node: 'DGX-B300', gpus: 8 },
  gb200: { node: 'GB200-NVL72', gpus: 4 },
  gb300: { node: 'GB300-NVL72', gpus: 4 },
  l40s: { node: 'L40S-8', gpus: 8 },
  rtx: { node: 'RTX-PRO-6000-8', gpus: 8 },
  mi300x: { node: 'MI300X-8', gpus: 8 },
  mi325x: { node: 'MI325X-8', gpus: 8 },
  mi355x: { node: 'MI355X-8', gpus: 8 },
};

/** Names under which a model of the catalogue is published too: the same architecture. */
const SAME_ARCHITECTURE: Readonly<Record<string, string>> = {
  'deepseek-v3.1': 'deepseek-v3',
  'deepseek-v3-0324': 'deepseek-v3',
  'deepseek-r1-0528': 'deepseek-r1',
  'llama-3.3-70b': 'llama-3.1-70b',
  'kimi-k2-thinking': 'kimi-k2',
  'qwen3-235b': 'qwen3-235b-a22b',
};

/** A model's name without its owner, its tuning and its number types: `nvidia/Qwen3-32B-NVFP4` is `qwen3-32b`. */
function plainName(written: string): string {
  const parts = written.split('/');
  const last = parts.at(-1) ?? written;
  // `DeepSeek-V3/R1` names two models of one architecture, not an owner and a model.
  const own = last.length < 4 ? (parts[0] ?? written) : last;
  return own
    .toLowerCase()
    .replace(/^meta-/, '')
    .replace(/-(instruct|chat|base|hf|fp8|fp4|nvfp4|bf16|block|dynamic|\d{4})(?=-|$)/g, '');
}

/** Why a row has no prediction: told in the score, never thrown to the user. */
export class NotCovered extends Error {}

export interface PlanText {
  /** Its name, or a block of its own. */
  readonly model: string | { readonly block: string };
  readonly gpu: string;
  readonly gpus: number;
  /** The machine in place of the one that the GPU is usually sold in: blocks, and the name of the node. */
  readonly machine?: { readonly blocks: readonly string[]; readonly node: string; readonly gpus: number };
  /** Lines of the deployment behind model, cluster and workload. */
  readonly body: readonly string[];
  readonly workload: string;
}

/** Writes rows of a table as plans and evaluates them, with the catalogue parsed once. */
export class Planner {
  private readonly cache = new AnalysisCache();
  private readonly models = new Map<string, string>();
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    for (const file of readdirSync(CATALOG).filter((name) => name.endsWith('.moeplan'))) {
      for (const [, name] of readFileSync(join(CATALOG, file), 'utf8').matchAll(/^model\s+(\S+)/gm)) {
        if (name !== undefined) this.models.set(plainName(name), name);
      }
    }
  }

  /** The text of a plan, or a NotCovered error that names what is not known. */
  text({ model, gpu, gpus, body, workload, machine: own }: PlanText): string {
    const key = (gpu.split(/[\s-]/)[0] ?? '').toLowerCase();
    const machine = own ?? NODES[key];
    if (!machine) throw new NotCovered(`GPU ${gpu} is not in the catalogue`);
    const { declaration, name } =
      typeof model === 'string'
        ? this.model(model)
        : { declaration: [`model measured-model {\n  ${model.block}\n}`], name: 'measured-model' };
    return [
      ...declaration,
      ...(own?.blocks ?? []),
      `cluster machines { node = ${machine.node}, count = ${Math.ceil(gpus / machine.gpus)} }`,
      `workload load { ${workload} }`,
      'deployment row {',
      `  model = ${name}, cluster = machines, workload = load`,
      `  gpus = 0..${gpus - 1}`,
      ...body.map((line) => `  ${line}`),
      '}',
      '',
    ].join('\n');
  }

  evaluate(text: string): Evaluation {
    const uri = pathToFileURL(join(this.folder, 'row.moeplan')).href;
    const sources = new NodeSources(CATALOG, (asked) => (asked === uri ? text : undefined));
    const analysis = analyseDocument(uri, sources, this.cache);
    const deployment = analysis.plan.deployments.find(({ name }) => name === 'row');
    const evaluation = deployment && analysis.evaluationOf(deployment);
    if (evaluation) return evaluation;
    const first = analysis.program.diagnostics[0] ?? deployment?.problems[0];
    const reason = deployment?.invalid ?? first?.message ?? 'no reason is given';
    throw new NotCovered(`the plan cannot be computed: ${reason}`);
  }

  /** From the catalogue, else from a config of the folder. */
  private model(written: string): { readonly declaration: readonly string[]; readonly name: string } {
    const plain = plainName(written);
    const known = this.models.get(SAME_ARCHITECTURE[plain] ?? plain);
    if (known !== undefined) return { declaration: [], name: known };
    const configs = join(this.folder, 'models');
    const file = existsSync(configs)
      ? readdirSync(configs).find((name) => plainName(name.replace(/\.json$/, '')) === plain)
      : undefined;
    if (file === undefined) throw new NotCovered(`model ${written} is neither in the catalogue nor among the configs`);
    return { declaration: [`model measured-model from "./models/${file}"`], name: 'measured-model' };
  }
}

/** No published run is larger: a slip in a table must not fill the memory. */
const MOST: Readonly<Record<string, number>> = {
  GPUs: 200_000,
  degree: 100_000,
  tokens: 100_000_000,
  sequences: 10_000_000,
};

/** Refuses a number that no plan can have: a fraction, nothing, or far more than ever ran. */
export function requireCount(kind: 'GPUs' | 'degree' | 'tokens' | 'sequences', value: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= (MOST[kind] ?? 0)) return;
  throw new NotCovered(`${value} is no number of ${kind} that a plan can have`);
}
