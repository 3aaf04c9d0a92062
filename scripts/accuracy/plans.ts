import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { NodeSources } from '../../server/src/host/nodeSources.ts';
import { AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';
import { CATALOG, catalogueModels } from './catalogue.ts';
import { gpuNamed, machineOf, modelNamed, type NamedMachine } from './names.ts';

/** Why a row has no prediction: told in the score, never thrown to the user. */
export class NotCovered extends Error {}

export interface PlanText {
  /** Its name, or a block of its own, which may change a named one. */
  readonly model: string | { readonly block: string; readonly of?: string };
  readonly gpu: string;
  readonly gpus: number;
  /** The machine in place of the one that the GPU is usually sold in: blocks, and the name of the node. */
  readonly machine?: NamedMachine;
  /** Lines of the deployment behind model, cluster and workload. */
  readonly body: readonly string[];
  readonly workload: string;
}

interface Declared {
  readonly declaration: readonly string[];
  readonly name: string;
}

/** Writes rows of a table as plans and evaluates them, with the catalogue parsed once. */
export class Planner {
  private readonly cache = new AnalysisCache();
  private readonly catalogue = catalogueModels();
  /** Files of the folder's configs by their names. */
  private readonly configs: ReadonlyMap<string, string>;
  private readonly found = new Map<string, string | undefined>();
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    const configs = join(folder, 'models');
    const files = statSync(configs, { throwIfNoEntry: false })?.isDirectory()
      ? readdirSync(configs).filter((file) => file.endsWith('.json'))
      : [];
    this.configs = new Map(files.map((file) => [file.slice(0, -'.json'.length), file]));
  }

  /** The text of a plan, or a NotCovered error that names what is not known. */
  text({ model, gpu, gpus, body, workload, machine: own }: PlanText): string {
    const named = gpuNamed(gpu);
    const machine = own ?? (named && machineOf(named, gpus));
    if (!machine) throw new NotCovered(`GPU ${gpu} is not in the catalogue`);
    const { declaration, name } = typeof model === 'string' ? this.model(model) : this.block(model);
    return [
      ...declaration,
      ...machine.blocks,
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

  /** Evaluates the deployment `row` of a plan, or its only one. `file` is where the plan lies, for what it imports. */
  evaluate(text: string, file = join(this.folder, 'row.moeplan')): Evaluation {
    const uri = pathToFileURL(file).href;
    const sources = new NodeSources(CATALOG, (asked) => (asked === uri ? text : undefined));
    const analysis = analyseDocument(uri, sources, this.cache);
    const { deployments } = analysis.plan;
    const [only, ...others] = deployments;
    const deployment = deployments.find(({ name }) => name === 'row') ?? (others.length === 0 ? only : undefined);
    const evaluation = deployment && analysis.evaluationOf(deployment);
    if (evaluation) return evaluation;
    const first = analysis.program.diagnostics[0];
    const unnamed = others.length > 0 ? `of its ${deployments.length} deployments none is called \`row\`` : undefined;
    const reason = deployment?.invalid ?? first?.message ?? unnamed ?? 'no reason is given';
    throw new NotCovered(`the plan cannot be computed: ${reason}`);
  }

  private block({ block, of }: Exclude<PlanText['model'], string>): Declared {
    const base = of === undefined ? undefined : this.model(of, 'base-model');
    const head = base ? `model measured-model extends ${base.name}` : 'model measured-model';
    return { declaration: [...(base?.declaration ?? []), `${head} {\n  ${block}\n}`], name: 'measured-model' };
  }

  /** From the catalogue, else from a config of the folder. */
  private model(written: string, own = 'measured-model'): Declared {
    const name = this.nameOf(written);
    if (name !== undefined && this.catalogue.has(name)) return { declaration: [], name };
    const file = name === undefined ? undefined : this.configs.get(name);
    if (file === undefined) throw new NotCovered(`model ${written} is neither in the catalogue nor among the configs`);
    return { declaration: [`model ${own} from "./models/${file}"`], name: own };
  }

  private nameOf(written: string): string | undefined {
    if (!this.found.has(written)) {
      this.found.set(written, modelNamed(written, [...this.catalogue, ...this.configs.keys()]));
    }
    return this.found.get(written);
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
