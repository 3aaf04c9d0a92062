import { existsSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';

export type CsvRow = Readonly<Record<string, string>>;

/** A column that no file has: why its line is no row of the table. */
const MALFORMED = '\0malformed';

/**
 * Rows of a CSV file by column name; nothing when the file is not there. Byte order marks, either line break and quoted
 * cells are understood. A line that is no row of the table is kept as one that `malformation` names. Every row has an `id`
 * of its own: its number among the rows where the column is empty, missing or used twice.
 */
export function readCsv(file: string): readonly CsvRow[] | undefined {
  if (!existsSync(file)) return undefined;
  const [header, ...lines] = recordsOf(readFileSync(file, 'utf8')).filter((cells) => cells.some((cell) => cell.trim()));
  const columns = header?.map((name) => name.trim()) ?? [];
  const used = new Set<string>();
  return lines.map((cells, index): CsvRow => {
    const row = rowOf(columns, cells);
    const written = text(row, 'id');
    const id = written === '' || used.has(written) ? `${written || 'row'} (row ${index + 1})` : written;
    used.add(id);
    return { ...row, id };
  });
}

function rowOf(columns: readonly string[], cells: readonly string[]): CsvRow {
  const row = Object.fromEntries(columns.map((name, index) => [name, cells[index] ?? '']));
  const isWhole = cells.length === columns.length;
  const count = (cells: number) => `${cells} ${cells === 1 ? 'cell' : 'cells'}`;
  return isWhole
    ? row
    : { ...row, [MALFORMED]: `the row has ${count(cells.length)}, the header ${count(columns.length)}` };
}

/** Lines as cells. A quote that is never closed would swallow the rest of the file: then each line stands for itself. */
function recordsOf(content: string): readonly (readonly string[])[] {
  try {
    return parsed(content);
  } catch {
    return content.split(/\r?\n/).flatMap((line) => {
      try {
        return parsed(line);
      } catch {
        return [[line]];
      }
    });
  }
}

function parsed(content: string): readonly (readonly string[])[] {
  const records: unknown = parse(content, {
    bom: true,
    skip_empty_lines: true,
    relax_column_count: true,
    relax_quotes: true,
  });
  return Array.isArray(records) ? records.map((cells) => (Array.isArray(cells) ? cells.map(String) : [])) : [];
}

/** Why a row cannot be read; nothing where it can. */
export function malformation(row: CsvRow): string | undefined {
  return row[MALFORMED];
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
