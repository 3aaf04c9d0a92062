import { existsSync } from 'node:fs';
import { isRecord, readRecord } from './json.ts';

/** The variable that names the file into which a part writes its results. */
export const resultsVariable = 'MOEPLAN_TEST_RESULTS';

/** Marks the lines that a test prints for people, among the many that an editor prints by itself. */
export const lineMark = '[moeplan-test] ';

/** What one part of the run came to. Written as JSON by the part, read by the runner. */
export interface PartResults {
  readonly passed: number;
  readonly failed: number;
  /** Tests that were never reached, because an earlier one that they build on failed. */
  readonly notReached: number;
  readonly failures: readonly { readonly title: string; readonly reason: string }[];
}

/** Reads a part's results; undefined where it ended before it could write them. */
export function readResults(file: string): PartResults | undefined {
  if (!existsSync(file)) return undefined;
  const { passed, failed, notReached, failures } = readRecord(file);
  if (typeof passed !== 'number' || typeof failed !== 'number' || typeof notReached !== 'number') return undefined;
  if (!Array.isArray(failures)) return undefined;
  return {
    passed,
    failed,
    notReached,
    failures: failures.filter(isRecord).map(({ title, reason }) => ({ title: `${title}`, reason: `${reason}` })),
  };
}

/** The part as one line of the summary, for example `Mocha suite: 12 passed, 0 failed`. */
export function summaryLine(name: string, results: PartResults | undefined, status: number): string {
  if (results === undefined) return `${name}: ended with status ${status} before it had results`;
  const rest = results.notReached > 0 ? `, ${results.notReached} not reached` : '';
  return `${name}: ${results.passed} passed, ${results.failed} failed${rest}`;
}

/** A part is good only if its process and its results agree, and if it tested anything at all. */
export function isGood(results: PartResults | undefined, status: number): boolean {
  return (
    status === 0 && results !== undefined && results.passed > 0 && results.failed === 0 && results.notReached === 0
  );
}
