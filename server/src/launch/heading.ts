import type { LaunchNote } from '../engines/launch.ts';

/** Comments above the plan of a launch: what it was read from, what is left to decide, and what the plan does not have of it. */
export function headingOf(
  fileName: string,
  engines: readonly string[],
  assumptions: readonly string[],
  notes: readonly LaunchNote[],
): readonly string[] {
  return [
    `Read from ${fileName}: ${engines.join(', ')}.`,
    ...section('To decide, because the launch does not say it:', assumptions),
    ...section('Changed by the engine:', messages(notes, 'rewritten')),
    ...section('Not in this plan:', messages(notes, 'beyond')),
    ...section('Not understood:', [...messages(notes, 'not-understood'), ...messages(notes, 'unknown')]),
  ];
}

function messages(notes: readonly LaunchNote[], kind: LaunchNote['kind']): readonly string[] {
  return [...new Set(notes.filter((note) => note.kind === kind).map(({ message }) => message))];
}

/** Most lines of one section of the heading. */
const MOST_LINES = 40;

function section(title: string, lines: readonly string[]): readonly string[] {
  if (lines.length === 0) return [];
  const shown = lines.slice(0, MOST_LINES).map((line) => `  ${line}`);
  return [title, ...shown, ...(lines.length > MOST_LINES ? [`  and ${lines.length - MOST_LINES} more`] : [])];
}
