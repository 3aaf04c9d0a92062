import { type Given, numberOf, type Statement } from '../engines/launch.ts';
import type { Load } from './launch.ts';
import { statement, type WrittenBlock, type WrittenLine } from './planText.ts';
import { grouped, splitSetting, tokensText, valueText } from './values.ts';

/** The load put in place where a launch names none. */
const ASSUMED = { tokens: 1024, concurrency: 64, trainedLength: 4096, globalBatch: 256 };

/**
 * The workload that a launch names. `said` are the statements of its workers, which may limit the length of a request. What is
 * put in place is added to `assumptions`.
 */
export function loadBlock(
  load: Load | undefined,
  said: readonly (readonly Statement[])[],
  assumptions: Set<string>,
  isTraining: boolean,
): WrittenBlock {
  const trained = said.flat().filter(({ setting }) => setting.startsWith('workload.'));
  if (isTraining || trained.length > 0) return trainingBlock(trained, assumptions);
  if (!load) return assumedBlock(said, assumptions);
  const lines: WrittenLine[] = [...lengthLine('input', load.input, load), ...lengthLine('output', load.output, load)];
  const rate = numberOf(load.requestsPerSecond?.value);
  const most = load.concurrencies.at(-1);
  if (most !== undefined) {
    const others = load.concurrencies.length > 1 ? `the benchmark has ${load.concurrencies.join(', ')}` : undefined;
    lines.push(statement(`concurrency = ${grouped(most)}`, places(load.concurrencyPlace), others));
  } else if (rate !== undefined && rate > 0)
    lines.push(
      statement(`request-rate = ${rate} requests/s`, load.requestsPerSecond ? [load.requestsPerSecond.place] : []),
    );
  const ratio = numberOf(load.lengthRatio?.value);
  if (ratio !== undefined && ratio > 0 && ratio < 1 && load.lengthRatio) {
    // Lengths lie between ratio and 1 times the nominal one.
    const spread = Math.round(((1 - ratio) / (1 + ratio)) * 1e4) / 1e4;
    lines.push(statement(`length-spread = ${spread}`, [load.lengthRatio.place]));
  }
  if (load.requestsPerConcurrency !== undefined && most !== undefined)
    lines.push(statement(`requests = ${grouped(load.requestsPerConcurrency * most)}`));
  return { keyword: 'workload', lines };
}

function places<Place>(place: Place | undefined): readonly Place[] {
  return place === undefined ? [] : [place];
}

function lengthLine(name: 'input' | 'output', given: Given | undefined, { lengthRatio }: Load): readonly WrittenLine[] {
  const nominal = numberOf(given?.value);
  if (!given || nominal === undefined || nominal < 1) return [];
  const ratio = numberOf(lengthRatio?.value);
  const mean = ratio !== undefined && ratio > 0 && ratio < 1 ? Math.round((nominal * (1 + ratio)) / 2) : nominal;
  const why = mean === nominal ? undefined : `the mean of lengths from ${ratio} x ${grouped(nominal)} up`;
  return [statement(`${name} = ${tokensText(mean)}`, [given.place], why)];
}

function assumedBlock(said: readonly (readonly Statement[])[], assumptions: Set<string>): WrittenBlock {
  const valuesOf = (name: string) =>
    said.flatMap((statements) =>
      statements.flatMap(({ setting, value }) => (setting === name && typeof value === 'number' ? [value] : [])),
    );
  const context = valuesOf('engine.max-context').reduce(
    (least, tokens) => Math.min(least, tokens),
    Number.POSITIVE_INFINITY,
  );
  const requests = valuesOf('engine.max-requests').reduce(
    (least, count) => Math.min(least, count),
    ASSUMED.concurrency,
  );
  const output = Math.max(1, Math.min(ASSUMED.tokens, Math.floor(context / 8)));
  const input = Math.max(1, Math.min(ASSUMED.tokens, context - output));
  assumptions.add(
    `load: the launch names none; ${input} tokens in, ${output} out, ${requests} at once are put in its place`,
  );
  return {
    keyword: 'workload',
    lines: [
      statement(`input = ${tokensText(input)}`, [], 'decide'),
      statement(`output = ${tokensText(output)}`, [], 'decide'),
      statement(`concurrency = ${grouped(requests)}`, [], 'decide'),
    ],
  };
}

function trainingBlock(said: readonly Statement[], assumptions: Set<string>): WrittenBlock {
  const lines: WrittenLine[] = said.map(({ setting, value, from }) =>
    statement(`${splitSetting(setting)[1]} = ${valueText(setting, value)}`, from),
  );
  if (!said.some(({ setting }) => setting === 'workload.length')) {
    assumptions.add(`length: sequences of ${ASSUMED.trainedLength} tokens are put in its place`);
    lines.unshift(statement(`length = ${tokensText(ASSUMED.trainedLength)}`, [], 'decide'));
  }
  if (!said.some(({ setting }) => setting === 'workload.global-batch')) {
    assumptions.add(`global-batch: ${ASSUMED.globalBatch} sequences are put in its place`);
    lines.push(statement(`global-batch = ${ASSUMED.globalBatch}`, [], 'decide'));
  }
  return { keyword: 'workload', lines };
}
