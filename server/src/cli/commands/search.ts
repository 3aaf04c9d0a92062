import type { Shipped } from '../../host/shipped.ts';
import { version } from '../../host/version.ts';
import { answerOf } from '../../search/answer.ts';
import { PARTS, type PartResult } from '../../search/run.ts';
import { partsOfShard } from '../../search/search.ts';
import type { Analysis } from '../../services/analysis.ts';
import { searchCsv, searchJson } from '../../services/search/json.ts';
import { fingerprint, partFaults, readShard, type Shard } from '../../services/search/parts.ts';
import type { ReadSearch } from '../../services/search/read.ts';
import { answerText } from '../../services/search/text.ts';
import { writeFound } from '../../services/search/write.ts';
import { jsonText } from '../../text/json.ts';
import { CannotRun } from '../cannotRun.ts';
import { readNamed } from '../input.ts';
import { filesOf, Loader } from '../load.ts';
import { write } from '../output.ts';
import { decide, type Threads } from '../search/decide.ts';
import { searchNamed } from '../search/named.ts';

export const SEARCH_FORMATS = ['text', 'json', 'csv', 'moeplan'] as const;

export interface SearchOptions {
  readonly limit: number;
  readonly format: (typeof SEARCH_FORMATS)[number];
  /** Decides one of several shares of the space, whose results `merge` puts together. `shard` counts from 0. */
  readonly shard?: { readonly shard: number; readonly of: number };
  /** Files that shards were written to. */
  readonly merge?: readonly string[];
  readonly output?: string;
}

/**
 * Searches the space of a `search` block, or the usual one of a deployment, and prints the best plans. Returns whether any plan holds.
 */
export async function search(
  file: string,
  name: string | undefined,
  { limit, format, shard, merge, output }: SearchOptions,
  shipped: Shipped,
): Promise<boolean> {
  const analysis = new Loader(shipped).load(file);
  const read = searchNamed(analysis, file, name);
  const inputs = [...filesOf(file, analysis), ...(merge ?? [])];
  if (shard) {
    const parts = await decided(analysis, read, { file, name }, partsOfShard(shard.shard, shard.of));
    const written: Shard = { moeplan: version, space: fingerprint(read.space), parts: [...parts] };
    write(`${jsonText(written)}\n`, output, inputs);
    return true;
  }
  const parts = merge ? merged(read, merge) : await decided(analysis, read, { file, name }, partsOfShard(0, 1));
  const answer = answerOf(read.space, parts, { limit, by: read.by, base: analysis.evaluationOf(read.base) });
  write(textOf(analysis, read, answer, format), output, inputs);
  return answer.ranked.length > 0;
}

function textOf(
  analysis: Analysis,
  read: ReadSearch,
  answer: ReturnType<typeof answerOf>,
  format: SearchOptions['format'],
): string {
  if (format === 'json') return `${jsonText(searchJson(read, answer), 2)}\n`;
  if (format === 'csv') return searchCsv(read, answer);
  if (format === 'text') return answerText(read, answer);
  const taken = new Set(analysis.program.own.flatMap((entity) => entity.name ?? []));
  return answer.ranked
    .map((plan, index) => writeFound(read.base, plan, `${read.name}-${index + 1}`, taken).text)
    .join('\n');
}

async function decided(
  analysis: Analysis,
  { space, base }: ReadSearch,
  { file, name }: Pick<Threads, 'file' | 'name'>,
  parts: readonly number[],
): Promise<readonly PartResult[]> {
  const place = { space, base, program: analysis.program, sides: new Map() };
  const script = process.argv[1];
  // A pipe cannot be read a second time.
  const threads =
    script !== undefined && filesOf(file, analysis)[0] === file && !isPipe(analysis)
      ? { file, name, script }
      : undefined;
  let plans = 0;
  return decide(place, parts, threads, (done, { decided: of }) => {
    plans += of.all;
    if (process.stderr.isTTY && done < parts.length)
      process.stderr.write(`\r${done} of ${parts.length} parts, ${plans.toLocaleString('en-US')} plans decided`);
    else if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  });
}

function isPipe({ uri }: Analysis): boolean {
  return /\/pipe-\d+\.moeplan$/.test(uri);
}

/** Parts from files. @throws CannotRun where a file is no shard, or shards are not the whole of this search. */
function merged({ space, name }: ReadSearch, files: readonly string[]): readonly PartResult[] {
  const own = fingerprint(space);
  const parts = files.flatMap((file) => {
    const shard = readShard(readNamed(file).bytes.toString('utf8'));
    if (!shard) throw new CannotRun(`${file} is no shard of a search: write one with --shard`);
    if (shard.space !== own || shard.moeplan !== version)
      throw new CannotRun(`${file} is a shard of another search, plan or release of moeplan than \`${name}\` here`);
    return shard.parts;
  });
  const { missing, repeated } = partFaults(parts);
  if (missing > 0) throw new CannotRun(`${missing} of ${PARTS} parts of the search are missing: merge all shards`);
  if (repeated > 0)
    throw new CannotRun(`${repeated} parts of the search are there more than once: merge each shard once`);
  return parts;
}
