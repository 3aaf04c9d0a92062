import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { resultOf } from '../../language/pieces.ts';
import type { PartResult, SearchPlace } from '../../search/run.ts';
import { searchPart } from '../../search/search.ts';
import { readPart } from '../../services/search/parts.ts';

/** What threads need to read the same plan. Undefined for a plan that cannot be read twice. */
export interface Threads {
  readonly file: string;
  readonly name: string | undefined;
  /** The started script, beside which the thread's own lies. */
  readonly script: string;
}

/** Told after each part. */
export type OnPart = (done: number, result: PartResult) => void;

/** A space that is decided sooner than this needs no threads, whose start takes some hundred milliseconds. */
const ALONE_MS = 1_000;

/**
 * Decides parts of a space: the first ones in this thread, the rest, when there is much of it, in as many threads as there are cores. What
 * a part comes to does not depend on where it was decided.
 */
export async function decide(
  place: SearchPlace,
  parts: readonly number[],
  threads: Threads | undefined,
  onPart: OnPart,
): Promise<readonly PartResult[]> {
  const results: PartResult[] = [];
  const take = (result: PartResult) => {
    results.push(result);
    onPart(results.length, result);
  };
  const left = [...parts];
  const start = performance.now();
  while (left.length > 0 && (!threads || performance.now() - start < ALONE_MS)) {
    const part = left.shift();
    if (part !== undefined) take(resultOf(searchPart(place, part)));
  }
  if (threads && left.length > 0) await inThreads(left, threads, take);
  return results;
}

async function inThreads(left: number[], threads: Threads, take: (result: PartResult) => void): Promise<void> {
  const count = Math.min(availableParallelism(), left.length);
  const running = Array.from({ length: count }, () => inThread(left, threads, take));
  await Promise.all(running);
}

/** One thread, which takes parts as long as there are some. */
function inThread(left: number[], threads: Threads, take: (result: PartResult) => void): Promise<void> {
  const worker = new Worker(new URL('./searchWorker.mjs', import.meta.url), { workerData: threads });
  return new Promise<void>((resolve, reject) => {
    const next = () => {
      const part = left.shift();
      if (part === undefined) worker.terminate().then(() => resolve(), reject);
      else worker.postMessage(part);
    };
    worker.on('error', reject);
    worker.on('message', (message: unknown) => {
      const result = readPart(message);
      if (!result) {
        reject(new RangeError('a thread of the search sent something else than a part'));
        return;
      }
      take(result);
      next();
    });
    next();
  });
}
