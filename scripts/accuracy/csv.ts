import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

export type CsvRow = Readonly<Record<string, string>>;

/** Rows of a CSV file by column name; nothing when the file is not there. */
export function readCsv(file: string): readonly CsvRow[] | undefined {
  if (!existsSync(file)) return undefined;
  const rows: unknown = parse(readFileSync(file, 'utf8'), { columns: true, skip_empty_lines: true, bom: true });
  return Array.isArray(rows) ? rows.map(toTexts) : [];
}

function toTexts(row: unknown): CsvRow {
  if (typeof row !== 'object' || row === null) return {};
  return Object.fromEntries(Object.entries(row).map(([key, value]) => [key, String(value ?? '')]));
}

/** A column as text; empty where the column is missing. */
export function text(row: CsvRow, column: string): string {
  return row[column]?.trim() ?? '';
}

/** A column as a number; nothing where it is empty or no number. */
export function number(row: CsvRow, column: string): number | undefined {
  const written = text(row, column);
  if (written === '') return undefined;
  const value = Number(written);
  return Number.isFinite(value) ? value : undefined;
}
