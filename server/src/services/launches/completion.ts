import type { Argument } from '../../engines/argument.ts';
import { engineProfile } from '../../engines/index.ts';
import { Arguments, type EngineLaunch, foldedName } from '../../engines/launch.ts';
import type { Worker } from '../../launch/launch.ts';
import { divisors } from '../../plan/divisors.ts';
import { type Analysis, deploymentNamed } from '../analysis.ts';
import type { CompletionItem } from '../completion/item.ts';
import type { LaunchDocument } from './launches.ts';
import { workerAround } from './place.ts';

/**
 * Arguments of an engine where one is typed in its command, and the values of one where those are typed: the choices of its parser,
 * and degrees that divide the GPUs of a machine. `plan` is the analysis of the launch's plan, and `text` what is typed, from which the
 * launch was read without the key at the cursor.
 */
export function launchCompletion(
  document: LaunchDocument,
  plan: Analysis,
  text: string,
  offset: number,
): readonly CompletionItem[] {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
  const worker = workerAround(document, offset);
  const launch = worker && engineProfile(worker.engine).launch;
  if (!worker || !launch) return keys(document, line, offset);
  const word = /(?<![^\s"'])-{1,2}[\w.-]*$|(?<![^\s"'])-$/.exec(line)?.[0];
  if (word !== undefined) return flags(launch, worker, word, offset);
  const [, name, begun = ''] = /(?<![^\s"'])(--?[A-Za-z][\w.-]*)(?:=|[ \t]+)([\w.]*)$/.exec(line) ?? [];
  const row = name === undefined ? undefined : new Arguments(launch.table, []).argumentOf(name).argument;
  return row ? values(row, document, plan, { start: offset - begun.length, end: offset }) : [];
}

/** Arguments that are not given yet, those that a plan states first. */
function flags(launch: EngineLaunch, { given }: Worker, word: string, offset: number): readonly CompletionItem[] {
  const taken = new Set(given.map(({ name }) => foldedName(name)));
  const start = offset - word.length;
  return launch.table.arguments
    .filter(({ name, aliases }) => !name.endsWith('*') && !name.includes('.') && ![name, ...aliases].some(isTaken))
    .map((row): CompletionItem => {
      const label = `--${row.name}`;
      return {
        label,
        kind: 'property',
        detail: CONCERNS[row.concern](row),
        insert: row.kind === 'switch' ? label : `${label} `,
        order: ORDER[row.concern],
        replace: { start, end: offset },
        ...(row.kind !== 'switch' && { opensList: row.choices !== undefined }),
      };
    });

  function isTaken(name: string): boolean {
    return taken.has(foldedName(name)) && foldedName(name) !== foldedName(word);
  }
}

/** Keys of a file of arguments, beside those that stand above with the same indent. */
function keys({ file, launched }: LaunchDocument, line: string, offset: number): readonly CompletionItem[] {
  const [, indent, begun = ''] = PARTIAL_KEY.exec(line) ?? [];
  if (indent === undefined) return [];
  const lineStart = offset - line.length;
  const indentOf = (start: number) => file.text.slice(file.text.lastIndexOf('\n', start - 1) + 1, start);
  const above = launched.workers.flatMap(({ worker }) =>
    worker.given
      .filter(
        ({ place: { uri, span } }) => uri === file.uri && span.start < lineStart && indentOf(span.start) === indent,
      )
      .map((given) => ({ worker, given })),
  );
  const [nearest] = above.toSorted((left, right) => right.given.place.span.start - left.given.place.span.start);
  const launch = nearest && engineProfile(nearest.worker.engine).launch;
  if (!nearest || !launch) return [];
  const before = nearest.given.name.slice(0, nearest.given.name.lastIndexOf('.') + 1);
  const taken = new Set(nearest.worker.given.map(({ name }) => foldedName(name)));
  return launch.table.arguments.flatMap((row): readonly CompletionItem[] => {
    const key = foldedName(row.name).startsWith(foldedName(before)) ? row.name.slice(before.length) : '';
    if (key === '' || /[.*]/.test(key) || taken.has(foldedName(row.name))) return [];
    return [
      {
        label: key,
        kind: 'property',
        detail: CONCERNS[row.concern](row),
        insert: `${key}: `,
        order: ORDER[row.concern],
        replace: { start: offset - begun.length, end: offset },
      },
    ];
  });
}

/** A key that is being typed, before its colon. */
const PARTIAL_KEY = /^([ \t]*)([A-Za-z_][\w-]*)?$/;

/** The text without the key that is being typed, with which it would be no YAML. */
export function withoutPartialKey(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const [, indent = '', begun = ''] = PARTIAL_KEY.exec(text.slice(start, offset)) ?? [];
  const from = start + indent.length;
  return begun === '' ? text : `${text.slice(0, from)}${' '.repeat(begun.length)}${text.slice(offset)}`;
}

const ORDER: Readonly<Record<Argument['concern'], number>> = { plan: 0, beyond: 1, none: 2 };

const CONCERNS: Readonly<Record<Argument['concern'], (row: Argument) => string>> = {
  plan: () => 'part of the plan',
  beyond: ({ note }) => note ?? 'changes memory or time',
  none: () => 'changes nothing in a plan',
};

const DEGREE = /parallel|(?:^|[-_])(?:tp|pp|dp|ep|cp|dcp)[-_]size$/;

function values(
  row: Argument,
  { launched }: LaunchDocument,
  plan: Analysis,
  replace: { readonly start: number; readonly end: number },
): readonly CompletionItem[] {
  const item = (label: string, detail: string, order: number): CompletionItem => ({
    label,
    kind: 'value',
    detail,
    insert: label,
    order,
    replace,
  });
  if (row.choices) return row.choices.map((choice, index) => item(choice, '', index));
  if (row.kind !== 'integer' || ![row.name, ...row.aliases].some((name) => DEGREE.test(name))) return [];
  const resolved = deploymentNamed(plan, launched.deployments[0] ?? '');
  const node = resolved?.deployment?.cluster.groups[0]?.node.gpus ?? 8;
  return divisors(node).map((degree, index) => item(String(degree), `of ${node} GPUs of a machine`, index));
}
