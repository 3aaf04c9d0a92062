import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Bench } from 'tinybench';
import type { Position } from 'vscode-languageserver';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import { Scorer } from '../../server/src/cost/score.ts';
import { buildDag } from '../../server/src/graph/build.ts';
import { layoutDag } from '../../server/src/graph/layout/layout.ts';
import { analyseDocument } from '../../server/src/services/analysis.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { projectRoot } from '../support/dist.ts';
import { LanguageClient } from '../support/languageClient.ts';
import { largePlan } from '../support/largePlan.ts';
import { LONG_TEXTS } from '../support/longTexts.ts';
import { inTheMiddle, type Typed, tenOfDeepSeek, withFindings, withImports } from '../support/realPlans.ts';
import { SEARCHED } from '../support/searchedPlans.ts';
import { typing } from './memory.ts';
import { searches, searchLine } from './searches.ts';

/**
 * `npm run bench`: how long a user waits. Times of the server are taken at the client, over standard input and output of
 * the built bundle; those of the engine in this process. It prints a table and writes `out/bench.json`; it fails nothing.
 */
interface Measured {
  readonly name: string;
  readonly samples: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  /** What we want the 95th percentile to be at most. */
  readonly goalMs?: number;
}

const results: Measured[] = [];

function record(name: string, times: readonly number[], goalMs?: number): void {
  const sorted = times.toSorted((left, right) => left - right);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  results.push({
    name,
    samples: times.length,
    p50Ms: at(0.5),
    p95Ms: at(0.95),
    ...(goalMs !== undefined && { goalMs }),
  });
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await action();
  return performance.now() - start;
}

const URI = 'file:///bench/plan.moeplan';

/** A digit is typed into a number and taken out again; what is counted ends with the first diagnostics of that version. */
async function keystrokes(name: string, { text, at }: Typed, count: number, goalMs: number, folder?: string) {
  const uri = folder === undefined ? URI : pathToFileURL(join(folder, 'plan.moeplan')).href;
  const client = await LanguageClient.start(folder === undefined ? [] : [folder]);
  const rows = text.split('\n').length - 1;
  const opened: Promise<unknown> = client.check(uri, text);
  const first = await timed(() => opened);
  const line = text.slice(0, at).split('\n').length - 1;
  const character = at - (text.lastIndexOf('\n', at - 1) + 1);
  const times: number[] = [];
  for (let version = 2; version < count + 2; version++) {
    const [start, end] = [
      { line, character },
      { line, character: character + (version % 2) },
    ];
    const change =
      version % 2 === 0 ? { range: { start, end: start }, text: '1' } : { range: { start, end }, text: '' };
    const time = await timed(async () => {
      await client.change(uri, version, change);
      await client.diagnostics(uri, version);
    });
    // The first ones warm the server's compiler up, as the first words of a person do.
    if (version > 12) times.push(time);
  }
  const whole = await pauses(client, uri, count + 2, { line, character });
  const findings = (await client.diagnostics(uri, count + 1 + whole.length)).length;
  record(`keystroke, ${rows} lines, ${name} (${findings} findings)`, times, goalMs);
  record(`  a pause after it, to all its predictions`, whole);
  record(`  its first diagnostics`, [first], 150);
  await client.stop();
}

/** The same with a pause after each keystroke: what is counted ends with the last finding that needs a prediction. */
async function pauses(client: LanguageClient, uri: string, version: number, at: Position): Promise<readonly number[]> {
  const ended = new Map<unknown, () => void>();
  client.connection.onNotification('moeplan/changed', (changed: { readonly version: number }) =>
    ended.get(changed.version)?.(),
  );
  const times: number[] = [];
  for (let index = 0; index < 20; index++) {
    const isTaken = index % 2 === 1;
    const end = { ...at, character: at.character + (isTaken ? 1 : 0) };
    const whole = new Promise<void>((resolve) => ended.set(version + index, resolve));
    const time = await timed(async () => {
      await client.change(uri, version + index, { range: { start: at, end }, text: isTaken ? '' : '1' });
      await whole;
    });
    times.push(time);
  }
  return times;
}

/** What people type in, at 1,000 and 10,000 lines. */
async function typed(): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), 'moeplan-bench-'));
  const files = Array.from({ length: 100 }, (_, index) => `model-${index}.moeplan`);
  for (const [index, file] of files.entries())
    writeFileSync(
      join(path, file),
      `model imported-${index} {\n  layers = 4, hidden = 2048\n  attention { heads = 16, head-size = 128 }\n}\n`,
    );
  for (const [lines, count, goalMs] of [
    [1_000, 200, 8],
    [10_000, 60, 30],
  ] as const) {
    await keystrokes('plans of 20 lines', inTheMiddle(lines), count, goalMs);
    await keystrokes('ten of DeepSeek-V3', tenOfDeepSeek(lines), count, goalMs);
    await keystrokes('mistakes', withFindings(lines), count, goalMs);
    await keystrokes('100 imports', withImports(lines, files), count, goalMs, path);
  }
  rmSync(path, { recursive: true, force: true });
}

async function requests(lines: number, count: number): Promise<void> {
  const client = await LanguageClient.start();
  const text = largePlan(lines);
  await client.check(URI, text);
  const rows = text.split('\n');
  for (const [method, piece] of [
    ['hover', 'tp = '],
    ['completion', 'weights = '],
  ] as const) {
    const line = rows.findIndex((row, index) => index > lines / 2 && row.includes(piece));
    const position = { line, character: (rows[line] ?? '').indexOf(piece) + (method === 'hover' ? 1 : piece.length) };
    const times: number[] = [];
    for (let index = 0; index < count; index++)
      times.push(await timed(() => client.request(`textDocument/${method}`, { textDocument: { uri: URI }, position })));
    record(`${method}, ${rows.length - 1} lines`, times.slice(10), 10);
  }
  await client.stop();
}

async function start(count: number): Promise<void> {
  const text = readFileSync(join(projectRoot, 'examples/deployment-analysis.moeplan'), 'utf8');
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    let client: LanguageClient | undefined;
    times.push(
      await timed(async () => {
        client = await LanguageClient.start();
        await client.check(URI, text);
      }),
    );
    await client?.stop();
  }
  record('start to first diagnostics', times, 400);
}

/** A folder of files of which one imports all others: the server reads what is imported and no more. */
async function folder(files: number, count: number): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), 'moeplan-bench-'));
  for (let index = 0; index < files; index++)
    writeFileSync(
      join(path, `model-${index}.moeplan`),
      `model m${index} {\n  layers = 4, hidden = 2048\n  attention { heads = 16, head-size = 128 }\n}\n`,
    );
  const imports = Array.from({ length: files }, (_, index) => `import "./model-${index}.moeplan"\n`).join('');
  const uri = pathToFileURL(join(path, 'plan.moeplan')).href;
  const opened: number[] = [];
  const typed: number[] = [];
  for (let round = 0; round < count; round++) {
    const client = await LanguageClient.start([path]);
    opened.push(await timed(() => client.check(uri, imports)));
    for (let version = 2; version < 12; version++)
      typed.push(
        await timed(async () => {
          await client.change(uri, version, { text: `${imports}// ${version}\n` });
          await client.diagnostics(uri, version);
        }),
      );
    await client.stop();
  }
  rmSync(path, { recursive: true, force: true });
  record(`open a file that imports ${files} others`, opened);
  record(`keystroke in it`, typed);
}

/** A folder of plans that nobody has open: what an editor asks when the folder is opened. */
async function workspace(files: number, count: number): Promise<void> {
  const path = mkdtempSync(join(tmpdir(), 'moeplan-bench-'));
  const library = 'library.moeplan';
  writeFileSync(
    join(path, library),
    'model shared {\n  layers = 4, hidden = 2048\n  attention { heads = 16, head-size = 128 }\n}\n',
  );
  for (let index = 0; index < files; index++)
    writeFileSync(
      join(path, `plan-${index}.moeplan`),
      `import "./library.moeplan"\n${largePlan(1).replaceAll('-0', `-${index}`).replace(`model = model-${index}`, 'model = shared')}`,
    );
  const uri = pathToFileURL(join(path, library)).href;
  const [checked, symbols, references]: [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round < count; round++) {
    const client = await LanguageClient.start([path]);
    symbols.push(await timed(() => client.request('workspace/symbol', { query: 'shared' })));
    checked.push(await timed(() => client.request('workspace/diagnostic', { previousResultIds: [] })));
    await client.check(uri, readFileSync(join(path, library), 'utf8'));
    const position = { line: 0, character: 7 };
    const asked = { textDocument: { uri }, position, context: { includeDeclaration: true } };
    references.push(await timed(() => client.request('textDocument/references', asked)));
    await client.stop();
  }
  rmSync(path, { recursive: true, force: true });
  record(`symbols of ${files} files, first time`, symbols, 3_000);
  record(`findings in ${files} files, first time`, checked, 3_000);
  record(`references over ${files} files`, references, 3_000);
}

/** What four times the text takes, in multiples of the time: 4 is linear, 16 is the square. The best of three each. */
function growthOfTime(): readonly { readonly name: string; readonly times: number }[] {
  const best = (text: string) =>
    Math.min(
      ...[1, 2, 3].map(() => {
        const start = performance.now();
        analyseDocument(URI, catalogSources(new Map([[URI, text]])));
        return performance.now() - start;
      }),
    );
  return Object.entries(LONG_TEXTS)
    .map(([name, make]) => ({ name, times: best(make(40_000)) / best(make(10_000)) }))
    .toSorted((left, right) => right.times - left.times);
}

async function engine(): Promise<void> {
  const bench = new Bench({ time: 400, warmupTime: 100 });
  for (const file of readdirSync(join(projectRoot, 'examples')).filter((name) => name.endsWith('.moeplan'))) {
    const path = join(projectRoot, 'examples', file);
    const uri = pathToFileURL(path).href;
    const analysis = analyseDocument(uri, catalogSources(new Map([[uri, readFileSync(path, 'utf8')]])));
    for (const { name, deployment } of analysis.plan.deployments) {
      if (!deployment || file === 'broken.moeplan') continue;
      bench.add(`evaluate ${name}`, () => void evaluate(deployment));
      const evaluation = evaluate(deployment);
      const dag = buildDag(evaluation, { gpus: 'each', layers: 'each', experts: 'grouped' });
      bench.add(`DAG of ${name}, ${dag.order} nodes: build`, () => {
        buildDag(evaluation, { gpus: 'each', layers: 'each', experts: 'grouped' });
      });
      bench.add(`DAG of ${name}, ${dag.order} nodes: lay out`, () => void layoutDag(dag));
    }
  }
  await bench.run();
  for (const { name, result } of bench.tasks) {
    if (result.state !== 'completed') continue;
    const { samplesCount, p50, p99 } = result.latency;
    engineRows.push({ name, samples: samplesCount, p50Ms: p50, p99Ms: p99 });
  }
}

interface ScoreRow {
  readonly name: string;
  readonly samples: number;
  readonly p50Us: number;
  readonly p95Us: number;
  readonly goalUs: number;
  /** Times of ten times as many GPUs, in multiples. */
  readonly grows: number;
}

/** Plans as a search tries them, none twice, in one order: what is known of the first tenth is not counted. */
function scores(): readonly ScoreRow[] {
  return Object.entries(SEARCHED).map(([name, { plans, goalUs }]) => {
    const medianOf = (nodes: number) => {
      const scorer = new Scorer();
      const times = plans(nodes).map((spec) => {
        const start = performance.now();
        scorer.score(spec);
        return (performance.now() - start) * 1e3;
      });
      const counted = times.slice(Math.floor(times.length / 10)).toSorted((left, right) => left - right);
      const at = (share: number) => counted[Math.floor(share * counted.length)] ?? Number.NaN;
      return { samples: counted.length, p50Us: at(0.5), p95Us: at(0.95) };
    };
    medianOf(4);
    const few = medianOf(4);
    return { name, goalUs, ...few, grows: medianOf(40).p50Us / few.p50Us };
  });
}

const engineRows: { name: string; samples: number; p50Ms: number; p99Ms: number }[] = [];

await start(10);
await typed();
await requests(1_000, 200);
await folder(1_000, 3);
await workspace(1_000, 3);
const growth = await typing(1_000, 20_000);
await engine();
const scored = scores();
const lengths = growthOfTime();
const searched = searches();

const ms = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
console.log(`Node ${process.version}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'processor'}\n`);
console.log(`${'server, over stdio'.padEnd(68)}${'p50'.padStart(12)}${'p95'.padStart(12)}${'goal'.padStart(12)}`);
for (const { name, p50Ms, p95Ms, goalMs } of results) {
  const goal = goalMs === undefined ? '' : `${p95Ms <= goalMs ? '<=' : 'MISSED'} ${goalMs} ms`;
  console.log(`${name.padEnd(68)}${ms(p50Ms).padStart(12)}${ms(p95Ms).padStart(12)}${goal.padStart(16)}`);
}
console.log(`\n${'engine, in this process'.padEnd(68)}${'p50'.padStart(12)}${'p99'.padStart(12)}`);
for (const { name, p50Ms, p99Ms } of engineRows)
  console.log(`${name.padEnd(68)}${ms(p50Ms).padStart(12)}${ms(p99Ms).padStart(12)}`);
console.log(
  `\n${'a changed plan scored, in this process'.padEnd(68)}${'p50'.padStart(12)}${'p95'.padStart(12)}${'goal (p50)'.padStart(12)}${'x 10 GPUs'.padStart(12)}`,
);
const us = (value: number) => `${value.toFixed(1)} us`;
for (const { name, p50Us, p95Us, goalUs, grows } of scored) {
  const goal = `${p50Us <= goalUs ? '<=' : 'MISSED'} ${goalUs} us`;
  console.log(
    `${name.padEnd(68)}${us(p50Us).padStart(12)}${us(p95Us).padStart(12)}${goal.padStart(16)}${`x ${grows.toFixed(1)}`.padStart(8)}`,
  );
}
console.log(
  `\n${'a whole search, from the command line'.padEnd(42)}${'goal'.padStart(16)}${'plans'.padStart(18)}${'scored'.padStart(14)}${'per s and core'.padStart(18)}`,
);
for (const row of searched) console.log(searchLine(row));
const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
console.log(
  `\nheap after ${growth.edits / 10} edits ${mib(growth.heapBefore)}, after ${growth.edits} ${mib(growth.heapAfter)}: x ${(growth.heapAfter / growth.heapBefore).toFixed(3)}`,
);
console.log(
  `time of four times the text, the worst three: ${lengths
    .slice(0, 3)
    .map(({ name, times }) => `x ${times.toFixed(1)} (${name})`)
    .join(', ')}`,
);
mkdirSync(join(projectRoot, 'out'), { recursive: true });
writeFileSync(
  join(projectRoot, 'out/bench.json'),
  `${JSON.stringify({ node: process.version, cpus: cpus().length, server: results, engine: engineRows, scored, growth, lengths }, undefined, 2)}\n`,
);
console.log('\nwrote out/bench.json');
