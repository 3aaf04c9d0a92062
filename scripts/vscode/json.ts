import { readFileSync } from 'node:fs';

/** True for an object with named members, as opposed to an array, null or a plain value. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a JSON file that holds an object; throws where it holds something else. */
export function readRecord(file: string): Record<string, unknown> {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'));
  if (!isRecord(value)) throw new Error(`${file} does not hold a JSON object.`);
  return value;
}
