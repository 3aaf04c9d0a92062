import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cacheClasses } from '../../server/src/cost/figures/cacheClasses.ts';
import { checkpointOf } from '../../server/src/cost/parameters/checkpoint.ts';
import { parametersOf } from '../../server/src/cost/parameters/parameters.ts';
import { NodeSources } from '../../server/src/host/nodeSources.ts';
import type { Diagnostic } from '../../server/src/language/diagnostic.ts';
import type { Model } from '../../server/src/plan/model.ts';
import { modelOf } from '../../server/src/plan/resolve/plan.ts';
import { AnalysisCache, analyseDocument } from '../../server/src/services/analysis.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { CATALOG } from './catalogue.ts';
import { type CsvRow, malformation, number, readCsv, text } from './csv.ts';

export type FigureOutcome = 'exact' | 'refused' | 'wrong';

/** One figure of a checkpoint: as expected, and as counted where the checkpoint is read. */
export interface CheckpointFigure {
  readonly expected: number;
  readonly counted?: number;
  readonly outcome: FigureOutcome;
}

const CHECKPOINT_FIGURES = ['parameters', 'weightBytes', 'kvBytes'] as const;

/** A folder with a config beside what is expected of it. A figure that the table leaves empty is absent. */
export interface ScoredCheckpoint {
  readonly id: string;
  /** The `model_type` of the config, or of the text model within it. */
  readonly family: string;
  readonly read: boolean;
  /** Whether it is read where it should be, and where it should be refused that comes with the named finding. */
  readonly isAsExpected: boolean;
  readonly figures: Readonly<Partial<Record<(typeof CHECKPOINT_FIGURES)[number], CheckpointFigure>>>;
  /** The first finding of the checkpoint, or why the row cannot be scored. */
  readonly reason?: string;
}

/** Every row of `checkpoints.csv` beside what a plan says of the folder; nothing where the data has no such table. */
export function scoreCheckpoints(folder: string): readonly ScoredCheckpoint[] | undefined {
  const cache = new AnalysisCache();
  return readCsv(join(folder, 'checkpoints.csv'))?.map((row) => {
    const id = text(row, 'folder') || text(row, 'id');
    const family = familyOf(join(folder, 'checkpoints', id));
    try {
      const broken = malformation(row);
      return broken === undefined ? scored(folder, row, { id, family }, cache) : unscored(id, family, broken);
    } catch (error) {
      return unscored(id, family, `the row cannot be scored: ${error instanceof Error ? error.message : error}`);
    }
  });
}

function unscored(id: string, family: string, reason: string): ScoredCheckpoint {
  return { id, family, read: false, isAsExpected: false, figures: {}, reason };
}

type Named = Pick<ScoredCheckpoint, 'id' | 'family'>;

function scored(folder: string, row: CsvRow, named: Named, cache: AnalysisCache): ScoredCheckpoint {
  const { model, findings } = readAsUser(join(folder, 'checkpoints'), named.id, cache);
  const total = model && (/\bmain model\b/.test(text(row, 'why')) ? checkpointOf(model).main : totalOf(model));
  const kvBytes = model && cacheClasses(model).reduce((sum, { bytesPerToken }) => sum + bytesPerToken, 0);
  const figures = [
    figure('parameters', number(row, 'parameters'), total),
    figure('weightBytes', number(row, 'weight_bytes'), model && parametersOf(model).weightBytes),
    figure('kvBytes', number(row, 'kv_bytes_per_token'), kvBytes),
  ];
  const first = findings.find(({ severity }) => severity === 'error') ?? findings[0];
  return {
    ...named,
    read: model !== undefined,
    isAsExpected: isExpected(expectationOf(row), { model, findings, folder: join(folder, 'checkpoints', named.id) }),
    figures: Object.fromEntries(figures.flat()),
    ...(first && { reason: `${first.rule}: ${first.message}` }),
  };
}

interface AsRead {
  readonly model: Model | undefined;
  readonly findings: readonly Diagnostic[];
}

/** What a user gets for `model m from "FOLDER/config.json"`, written beside the folders. */
function readAsUser(folder: string, id: string, cache: AnalysisCache): AsRead {
  const uri = pathToFileURL(join(folder, 'row.moeplan')).href;
  const plan = `model m from ${JSON.stringify(`${id}/config.json`)}\n`;
  const sources = new NodeSources(CATALOG, (asked) => (asked === uri ? plan : undefined));
  const analysis = analyseDocument(uri, sources, cache);
  const entity = analysis.program.entities.find(({ name }) => name === 'm');
  return { model: entity && modelOf(entity), findings: diagnose(analysis) };
}

function totalOf(model: Model): number {
  return parametersOf(model).total;
}

/** A figure as an entry, or nothing where none is expected. A published size may be rounded: its last digit decides. */
function figure(
  name: (typeof CHECKPOINT_FIGURES)[number],
  expected: number | undefined,
  counted: number | undefined,
): [string, CheckpointFigure][] {
  if (expected === undefined) return [];
  if (counted === undefined) return [[name, { expected, outcome: 'refused' }]];
  const isExact = name === 'weightBytes' ? roundedAs(expected, counted) === expected : counted === expected;
  return [[name, { expected, counted, outcome: isExact ? 'exact' : 'wrong' }]];
}

/** A count rounded to the last digit of a written number that is no zero. */
function roundedAs(written: number, counted: number): number {
  const zeros = /0*$/.exec(String(written))?.[0].length ?? 0;
  return Math.round(counted / 10 ** zeros) * 10 ** zeros;
}

/** What is expected of a row. Where its reason says that reading a field is as right as naming it, the field may have been learnt. */
function expectationOf(row: CsvRow): string {
  const expect = text(row, 'expect');
  return expect === 'named' && /\bnamed or read\b/.test(text(row, 'why')) ? 'named or read' : expect;
}

/**
 * `read`: it is read without an error. `named`: a finding names a field of its files. `error`: a rule that also checks
 * models written by hand reports an error. `named or N + head of the task`: or it has N parameters and rows of the
 * hidden width. `named or read`: either.
 */
function isExpected(expect: string, { model, findings, folder }: AsRead & { readonly folder: string }): boolean {
  const errors = findings.filter(({ severity }) => severity === 'error');
  const [words = '', beyond] = expect.split(/ or (?=\d|read)/);
  const isRead = model !== undefined && errors.length === 0;
  if (words === 'read' || (beyond === 'read' && isRead)) return isRead;
  if (words === 'error') return errors.some(({ rule }) => rule !== 'config-not-understood');
  if (words !== 'named') throw new Error(`\`${expect}\` is no expectation`);
  const base = Number(/^[\d,]+/.exec(beyond ?? '')?.[0].replaceAll(',', '') ?? Number.NaN);
  if (model && base > 0) {
    const head = totalOf(model) - base;
    return head > 0 && head % model.hidden === 0 && head / model.hidden < MOST_LABELS;
  }
  const fields = fieldsOf(folder);
  return errors.some(
    ({ rule, message }) => rule === 'config-not-understood' && quoted(message).some((name) => fields.has(name)),
  );
}

/** A task's head has a row for each of its labels, and no vocabulary has as few words. */
const MOST_LABELS = 1000;

/** What a message writes as code; a path of fields also by its last one. */
function quoted(message: string): readonly string[] {
  return [...message.matchAll(/`([^`]+)`/g)].flatMap(([, code = '']) => [code, code.slice(code.lastIndexOf('.') + 1)]);
}

/** Names of fields in the files of a checkpoint, at any depth. */
function fieldsOf(folder: string): ReadonlySet<string> {
  const texts = ['config.json', 'hf_quant_config.json'].flatMap((name) => textIn(join(folder, name)) ?? []);
  return new Set(texts.flatMap((content) => [...content.matchAll(/"([^"\\]+)"\s*:/g)].map(([, name = '']) => name)));
}

function familyOf(folder: string): string {
  try {
    const words = textIn(join(folder, 'config.json')) ?? '';
    const config: unknown = JSON.parse(words.replace(/-?\bInfinity\b|\bNaN\b/g, 'null'));
    const type = fieldAt(fieldAt(config, 'text_config'), 'model_type') ?? fieldAt(config, 'model_type');
    return typeof type === 'string' ? type : 'not named';
  } catch {
    // The row's own finding says that this is no JSON.
    return 'not named';
  }
}

function fieldAt(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, field)?.value : undefined;
}

function textIn(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

export interface FigureCounts {
  readonly exact: number;
  readonly refused: number;
  readonly wrong: number;
}

/** What `--json` writes of checkpoints. `covered` counts rows that are read or rightly refused. */
export function checkpointCounts(checkpoints: readonly ScoredCheckpoint[]) {
  const expect = { right: 0, wrong: 0 };
  for (const { isAsExpected } of checkpoints) expect[isAsExpected ? 'right' : 'wrong']++;
  return {
    n: checkpoints.length,
    covered: checkpoints.filter(({ read, isAsExpected }) => read || isAsExpected).length,
    parameters: figureCounts(checkpoints, 'parameters'),
    weightBytes: figureCounts(checkpoints, 'weightBytes'),
    kvBytes: figureCounts(checkpoints, 'kvBytes'),
    expect,
  };
}

function figureCounts(
  checkpoints: readonly ScoredCheckpoint[],
  name: (typeof CHECKPOINT_FIGURES)[number],
): FigureCounts {
  const counts = { exact: 0, refused: 0, wrong: 0 };
  for (const { figures } of checkpoints) {
    const found = figures[name];
    if (found) counts[found.outcome]++;
  }
  return counts;
}
