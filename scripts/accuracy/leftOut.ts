import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { table } from '../docs/markdown.ts';

/** Errors of a fit on rows that it has not seen. Absolute and relative. */
export interface LeftOut {
  /** What was fitted: `training`, or an engine that serves. */
  readonly fit: string;
  /** `step`, `tpot`, `ttft` or `throughput`. */
  readonly metric: string;
  /** What was left out together: nothing (`seen`), a random fifth, or a whole model, family, engine or source. */
  readonly grouping: string;
  readonly groups: number;
  readonly rows: number;
  readonly mean: number;
  readonly median: number;
}

const SCHEMA = v.array(
  v.object({
    fit: v.string(),
    metric: v.string(),
    grouping: v.string(),
    groups: v.number(),
    rows: v.number(),
    mean: v.number(),
    median: v.number(),
  }),
);

const FILE = join(import.meta.dirname, 'leftOut.json');

/** What `npm run fit` found on rows that its fits had not seen. Empty before the first fit. */
export function readLeftOut(): readonly LeftOut[] {
  return existsSync(FILE) ? v.parse(SCHEMA, JSON.parse(readFileSync(FILE, 'utf8'))) : [];
}

const METRICS: Readonly<Record<string, string>> = {
  step: 'step time',
  tpot: 'time per output token',
  ttft: 'time to first token',
  throughput: 'throughput',
  latency: 'latency',
};

/** In the order in which they say more and more about what nobody measured. */
const COLUMNS = ['seen', 'fifth', 'shape', 'model', 'GPU family', 'engine', 'source'] as const;

/** The first section of the page: errors on what was left out together, and beside them on what a fit had seen. */
export function leftOutSection(found: readonly LeftOut[]): string {
  if (found.length === 0) return '';
  const named = Object.groupBy(found, ({ fit, metric }) => `${fit}, ${METRICS[metric] ?? metric}`);
  const rows = Object.entries(named).map(([name, ofFit = []]) => [
    name,
    Math.max(...ofFit.map(({ rows }) => rows)).toLocaleString('en-US'),
    ...COLUMNS.map((grouping) => cell(ofFit.find((one) => one.grouping === grouping))),
  ]);
  return `## Left out

How far predictions are off where nobody measured: each fit was repeated without one model, one family of GPUs, one engine or one
source at a time, and predicts what was left out (\`npm run fit\`). Mean and median of absolute errors, with the number of groups; *seen* are
the rows that the fit was made of. Bands are made of errors on what was left out. What is empty was not repeated without such a
group. Of kernels it is each GPU and not each family, and medians are those of the sets of constants. Two of SGLang's constants were chosen after
its fit, over runs of other models.

${table(['fit', 'rows', ...COLUMNS.map((column) => (column === 'seen' ? 'seen' : `each ${column}`))], rows)}`;
}

function cell(one: LeftOut | undefined): string {
  if (!one) return '';
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  const of = one.groups > 1 ? ` (${one.groups})` : '';
  return `${percent(one.mean)}, ${percent(one.median)}${of}`;
}
