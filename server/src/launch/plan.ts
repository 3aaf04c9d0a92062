import { engineProfile } from '../engines/index.ts';
import { Arguments, type LaunchNote, type LaunchReading, type Statement } from '../engines/launch.ts';
import type { Location } from '../language/span.ts';
import { type Account, accountOf, sumOf } from './account.ts';
import { headingOf } from './heading.ts';
import type { Known, KnownModel } from './known.ts';
import type { Launch, LaunchFile, Worker } from './launch.ts';
import { layOut, type Sized } from './layOut.ts';
import { loadBlock } from './load.ts';
import {
  comment,
  inner,
  type PlanText,
  statement,
  type WrittenBlock,
  type WrittenLine,
  writePlan,
} from './planText.ts';
import { indexesText, nameOf, orderOf, splitSetting, valueText } from './values.ts';

/** A launch as a plan, and what a reader has to know of it. */
export interface LaunchedPlan {
  readonly plan: PlanText;
  /** The names of its deployments, in the order of the file. */
  readonly deployments: readonly string[];
  readonly workers: readonly LaunchedWorker[];
  readonly notes: readonly LaunchNote[];
  /** What nothing in the launch says, in a sentence each. */
  readonly assumptions: readonly string[];
  readonly account: Account;
  /** Whether nothing in the launch names its GPU, so that another one stands in. */
  readonly isMachineAssumed: boolean;
}

/** A worker with what its arguments say of a plan, for those who ask of a place in the launch. */
export interface LaunchedWorker {
  readonly worker: Worker;
  readonly statements: readonly Statement[];
  /** The name of its deployment. */
  readonly deployment: string;
}

/** A worker with what its arguments say. */
interface ReadWorker {
  readonly worker: Worker;
  readonly reading: LaunchReading;
  readonly model: KnownModel | undefined;
  readonly sized: Sized;
  readonly account: Account;
  readonly notes: readonly LaunchNote[];
}

/** Writes launches of one file as one plan: a deployment for each, with the machines and the load that it names. */
export function planOf(launches: readonly Launch[], file: LaunchFile, known: Known): LaunchedPlan {
  const builder = new PlanBuilder(file, known);
  for (const launch of launches) builder.add(launch);
  return builder.result();
}

class PlanBuilder {
  private readonly file: LaunchFile;
  private readonly known: Known;
  private readonly shared = new Map<string, string>();
  private readonly sharedBlocks: WrittenBlock[] = [];
  private readonly blocks: WrittenBlock[] = [];
  private readonly names = new Set<string>();
  private readonly notes = new Map<string, LaunchNote>();
  private readonly assumptions = new Set<string>();
  private readonly engines = new Set<string>();
  private account: Account = { read: 0, none: 0, beyond: 0, unknown: 0 };
  private isMachineAssumed = false;
  private readonly deployments: string[] = [];
  private readonly workers: LaunchedWorker[] = [];
  private readonly hints = new Map<string, string | undefined>();

  constructor(file: LaunchFile, known: Known) {
    this.file = file;
    this.known = known;
  }

  add(launch: Launch): void {
    const fileName = this.file.uri.slice(this.file.uri.lastIndexOf('/') + 1).replace(/\.\w+$/, '');
    const name = this.uniqueName(nameOf(launch.title ?? fileName, 'launch'));
    const workers = launch.workers.flatMap((worker) => this.readWorker(worker) ?? []);
    const [first] = workers;
    if (!first) return;
    for (const note of [...launch.notes, ...workers.flatMap(({ notes, reading }) => [...reading.notes, ...notes])])
      this.notes.set(`${note.message}@${note.place.span.start}`, note);
    for (const { account } of workers) this.account = sumOf(this.account, account);
    const { cluster, layout } = this.machines(launch, workers);
    const isTraining = !engineProfile(first.worker.engine).tasks.includes('serving');
    const load = loadBlock(
      launch.load,
      workers.map(({ reading }) => reading.statements),
      this.assumptions,
      isTraining,
    );
    const lines: WrittenLine[] = [
      ...this.modelLine(first, launch),
      statement(`cluster = ${cluster}`),
      statement(`workload = ${this.share('load', load)}`),
    ];
    const [whole] = layout.groups;
    if (workers.length === 1 && first.sized.count === 1 && whole) {
      const isAll = layout.gpus === first.sized.gpus;
      if (!isAll) lines.push(statement(`gpus = ${indexesText(whole.ranges)}`));
      lines.push(...this.workerLines(first));
    } else {
      for (const [index, worker] of workers.entries()) {
        const ranges = layout.groups[index]?.ranges ?? [];
        lines.push(inner(this.pool(worker, index, ranges)));
      }
      // GPUs of its machines that a launch leaves alone are no mistake of the plan.
      const used = layout.groups.flatMap(({ ranges }) => ranges);
      if (gpusIn(used) < layout.gpus) lines.splice(3, 0, statement(`gpus = ${indexesText(used)}`));
      const [from, to] = [workers.find(isRole('prefill')), workers.find(isRole('decode'))];
      if (from && to) lines.push(statement('prefill -> decode'));
    }
    this.deployments.push(name);
    for (const { worker, reading } of workers)
      this.workers.push({ worker, statements: reading.statements, deployment: name });
    this.blocks.push({ keyword: 'deployment', name, lines });
  }

  result(): LaunchedPlan {
    const fileName = this.file.uri.slice(this.file.uri.lastIndexOf('/') + 1);
    const notes = [...this.notes.values()];
    const heading = headingOf(fileName, [...this.engines], [...this.assumptions], notes);
    return {
      plan: writePlan(heading, [...this.sharedBlocks, ...this.blocks]),
      deployments: this.deployments,
      workers: this.workers,
      notes,
      assumptions: [...this.assumptions],
      account: this.account,
      isMachineAssumed: this.isMachineAssumed,
    };
  }

  private uniqueName(name: string): string {
    let unique = name;
    for (let number = 2; this.names.has(unique); number++) unique = `${name}-${number}`;
    this.names.add(unique);
    return unique;
  }

  /** The name of a top-level block with these lines, which deployments that need an equal one share. */
  private share(name: string, block: Omit<WrittenBlock, 'name'>): string {
    const key = JSON.stringify([
      block.keyword,
      block.base,
      block.lines.map((line) => (line.kind === 'statement' ? line.text : '')),
    ]);
    const kept = this.shared.get(key);
    if (kept !== undefined) return kept;
    const unique = this.uniqueName(name);
    this.shared.set(key, unique);
    this.sharedBlocks.push({ ...block, name: unique });
    return unique;
  }

  private readWorker(worker: Worker): ReadWorker | undefined {
    const profile = engineProfile(worker.engine);
    const { launch } = profile;
    if (!launch) return undefined;
    this.engines.add(worker.version === undefined ? profile.title : `${profile.title} ${worker.version}`);
    const args = new Arguments(launch.table, worker.given);
    const model = this.modelOf(worker, args, launch.modelNames);
    const role = worker.role === 'both' ? undefined : worker.role;
    const reading = launch.read(args, { gpus: worker.gpus, role, model, environment: worker.environment });
    const { account, notes } = accountOf(worker, args);
    const instances = Math.max(1, reading.replicas);
    if (worker.gpus !== undefined && worker.gpus !== reading.gpus * instances && profile.tasks.includes('serving'))
      this.notes.set(`gpus@${worker.place.span.start}`, {
        kind: 'not-understood',
        message: `the machines give ${worker.gpus} GPUs to a worker whose arguments take ${reading.gpus * instances}`,
        place: worker.place,
      });
    const sized = {
      count: worker.count * instances,
      gpus: reading.gpus,
      ...(worker.nodes !== undefined && { nodes: worker.nodes }),
    };
    return { worker, reading, model, sized, account, notes };
  }

  private modelOf(worker: Worker, args: Arguments, names: readonly string[]): KnownModel | undefined {
    const named = [...worker.models, ...names.flatMap((name) => args.get(name) ?? [])];
    const found = named.flatMap(({ value }) => (typeof value === 'string' ? (this.known.model(value) ?? []) : []));
    // A name that says how the checkpoint is stored says more than one that does not.
    return found.find(({ stored }) => stored.length > 0) ?? found[0];
  }

  /** A model of the catalogue, or a GPU, that a comment or the file's name tells. The text is searched once. */
  private hint(of: 'modelIn' | 'gpuIn'): string | undefined {
    if (!this.hints.has(of)) this.hints.set(of, this.known[of](this.file.text) ?? this.known[of](this.file.uri));
    return this.hints.get(of);
  }

  private modelLine({ model, worker }: ReadWorker, { workers }: Launch): readonly WrittenLine[] {
    if (model) return [statement(`model = ${model.name}`, modelPlaces(workers[0]))];
    const hint = this.hint('modelIn');
    const written = worker.models[0]?.value;
    const what =
      written === undefined || written === ''
        ? 'no model is named'
        : `\`${String(written)}\` is no model of the catalogue`;
    this.assumptions.add(
      hint === undefined ? `model: ${what}` : `model: ${what}; ${hint} stands in a comment or the file's name`,
    );
    if (hint !== undefined) return [statement(`model = ${hint}`, [], 'decide')];
    return [comment(`decide: model = ... (${what})`)];
  }

  private machines(
    launch: Launch,
    workers: readonly ReadWorker[],
  ): { readonly cluster: string; readonly layout: ReturnType<typeof layOut> & { readonly gpus: number } } {
    const gpu = launch.machines?.gpu;
    const perNode = launch.machines?.gpusPerNode;
    const hint = this.hint('gpuIn');
    const called = gpu === undefined ? hint : String(gpu.value);
    const node = called === undefined ? undefined : this.known.node(called, perNode);
    if (gpu === undefined)
      this.assumptions.add(
        hint === undefined
          ? `GPU: none is named, ${ASSUMED_NODE} is put in its place`
          : `GPU: none is named; ${hint} stands in a comment or the file's name`,
      );
    else if (!node)
      this.assumptions.add(`GPU: \`${called}\` is none of the catalogue, ${ASSUMED_NODE} is put in its place`);
    this.isMachineAssumed ||= !node;
    const name = node?.name ?? ASSUMED_NODE;
    const size = perNode ?? node?.gpus ?? 8;
    const isSmaller = size !== (node?.gpus ?? 8);
    const sized = this.sizedFor(workers, launch);
    const layout = layOut(sized, size);
    const from = gpu ? [gpu.place] : [];
    const machine = isSmaller
      ? this.share('machine', { keyword: 'node', base: name, lines: [statement(`gpus = ${size}`)] })
      : name;
    const cluster = this.share('machines', {
      keyword: 'cluster',
      lines: [statement(`node = ${machine}`, from), statement(`count = ${layout.nodes}`)],
    });
    return { cluster, layout: { ...layout, gpus: layout.nodes * size } };
  }

  /** Training takes all GPUs that a name or comment tells, in place of those of one replica of the model. */
  private sizedFor(workers: readonly ReadWorker[], { machines }: Launch): readonly Sized[] {
    const [only] = workers;
    if (!only || !engineProfile(only.worker.engine).tasks.includes('training') || machines?.gpu)
      return workers.map(({ sized }) => sized);
    const told = /(\d{1,5})\s*x\s*[a-z]+\d/i.exec(`${this.file.uri}\n${this.file.text.slice(0, 2000)}`)?.[1];
    if (told === undefined || Number(told) % only.sized.gpus !== 0) return [only.sized];
    this.assumptions.add(`${told} GPUs, which a comment or the file's name says`);
    return [{ ...only.sized, gpus: Number(told) }];
  }

  private pool(read: ReadWorker, index: number, ranges: readonly (readonly [number, number])[]): WrittenBlock {
    const { worker, sized } = read;
    const name =
      worker.role === 'both'
        ? nameOf(worker.name ?? (index === 0 ? 'server' : `server-${index + 1}`), 'server')
        : worker.role;
    const lines: WrittenLine[] = [statement(`gpus = ${indexesText(ranges)}`, [worker.place])];
    if (sized.count > 1) lines.push(statement(`replicas = ${sized.count}`, [worker.place]));
    return { keyword: 'pool', name, lines: [...lines, ...this.workerLines(read)] };
  }

  /** How the checkpoint is stored, where its name says so, or else its precision. */
  private storedTypes(worker: Worker, model: KnownModel | undefined): readonly Statement[] {
    const named = (model?.stored ?? []).map(
      ({ property, type }): Statement => ({
        setting: `types.${property}`,
        value: type,
        from: modelPlaces(worker),
      }),
    );
    const { precision } = worker;
    if (named.length > 0 || !precision || model?.isNarrow || !/fp4$/i.test(String(precision.value))) return named;
    return [{ setting: 'types.weights', value: 'nvfp4', from: [precision.place] }];
  }

  /** What a worker's arguments say, in the blocks in which a plan says it. */
  private workerLines({ worker, reading, model }: ReadWorker): readonly WrittenLine[] {
    const stored = this.storedTypes(worker, model);
    const own: readonly Statement[] = [
      { setting: 'engine.name', value: worker.engine, from: [worker.place] },
      ...(worker.version === undefined
        ? []
        : [{ setting: 'engine.version', value: worker.version, from: [worker.place] } as const]),
    ];
    const all = [...stored, ...own, ...reading.statements].filter(
      ({ setting }) => setting !== 'pool.role' && !setting.startsWith('workload.'),
    );
    const last = [...new Map(all.map((said) => [said.setting, said])).values()];
    for (const { setting, because, isAssumed } of last)
      if (isAssumed) this.assumptions.add(`\`${splitSetting(setting)[1]}\`: ${because}`);
    const inBlock = (block: string) =>
      last
        .filter(({ setting }) => splitSetting(setting)[0] === block)
        .toSorted((left, right) => orderOf(left.setting) - orderOf(right.setting));
    return [
      ...inBlock('pool').map(lineOf),
      ...['parallel', 'types', 'engine'].flatMap((keyword) => {
        const said = inBlock(keyword);
        return said.length === 0 ? [] : [inner({ keyword, lines: said.map(lineOf) })];
      }),
    ];
  }
}

/** The machine that stands in where a launch names none. */
const ASSUMED_NODE = 'DGX-H100';

function lineOf({ setting, value, from, isAssumed }: Statement): WrittenLine {
  return statement(
    `${splitSetting(setting)[1]} = ${valueText(setting, value)}`,
    from,
    isAssumed ? 'decide' : undefined,
  );
}

function modelPlaces(worker: Worker | undefined): readonly Location[] {
  return (worker?.models ?? []).map(({ place }) => place);
}

function gpusIn(ranges: readonly (readonly [from: number, to: number])[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

function isRole(role: Worker['role']): (read: ReadWorker) => boolean {
  return ({ worker }) => worker.role === role;
}
