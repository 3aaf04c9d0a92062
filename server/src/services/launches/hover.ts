import type { Argument } from '../../engines/argument.ts';
import { engineProfile } from '../../engines/index.ts';
import { Arguments, type Given } from '../../engines/launch.ts';
import { variableOf } from '../../launch/account.ts';
import { bold, code, join, type Markdown, md, ours, paragraphs, type Text } from '../../text/markdown.ts';
import { type Analysis, deploymentNamed } from '../analysis.ts';
import { deploymentHover } from '../hover/deployment.ts';
import { type Hover, hover } from '../hover/hover.ts';
import type { LaunchDocument } from './launches.ts';
import { DEGREE } from './marks.ts';
import { type LaunchPlace, placeInLaunch } from './place.ts';
import { unsaidMarkdown } from './unsaid.ts';

/**
 * On an argument what the plan reads from it, what its engine does with it and which values its parser takes; on the words that start
 * the engine what their deployment comes to. `plan` is the analysis of the launch's plan.
 */
export function launchHover(document: LaunchDocument, plan: Analysis, offset: number): Hover | undefined {
  const place = placeInLaunch(document, offset);
  if (!place) return undefined;
  const markdown = place.given ? ofArgument(place, place.given, document, plan) : ofCommand(place, plan);
  return markdown && { markdown: markdown.source, span: place.span };
}

function ofCommand({ launched }: LaunchPlace, plan: Analysis): Markdown | undefined {
  const resolved = deploymentNamed(plan, launched.deployment);
  const block = plan.source.tree.items.find((item) => item === resolved?.entity.node);
  if (!resolved || block?.kind !== 'block') return undefined;
  return paragraphs(
    md`${bold(titleOf(launched.worker))}, as the deployment ${code(launched.deployment)}`,
    unsaidMarkdown(resolved),
    deploymentHover(plan, block),
  );
}

function ofArgument(
  { launched: { worker }, isVariable }: LaunchPlace,
  given: Given,
  document: LaunchDocument,
  plan: Analysis,
): Markdown {
  const { launch } = engineProfile(worker.engine);
  const row = isVariable
    ? variableOf(given.name)
    : launch && new Arguments(launch.table, []).argumentOf(given.name).argument;
  const said = statementsAt(document, given);
  const told = document.launched.notes.filter(({ place }) => isSame(place, given.place)).map(({ message }) => message);
  return paragraphs(
    md`${bold(isVariable || !row ? given.name : row.name.replace(/\.\*$/, ''))} of ${titleOf(worker)}`,
    ...told,
    ...inPlan(document, plan, given),
    said.length === 0 && told.length === 0 && row && CONCERNS[row.concern](row),
    !row && told.length === 0 && 'No argument of its engine that moeplan knows.',
    row && valuesOf(row),
  );
}

const CONCERNS: Readonly<Record<Argument['concern'], (row: Argument) => Text>> = {
  plan: () => 'It agrees with what the plan says anyway.',
  beyond: ({ note }) => md`It changes memory or time in a way that a plan does not say: ${note ?? 'not computed'}.`,
  none: () => 'It changes neither memory nor time, and nothing in a plan.',
};

function statementsAt({ launched }: LaunchDocument, { place }: Given) {
  return launched.plan.marks.filter(({ from }) => from.some((said) => isSame(said, place)));
}

/** What the plan has from an argument, as the plan's own hover tells it. Variants of one recipe say the same. */
function inPlan(document: LaunchDocument, plan: Analysis, given: Given): readonly Markdown[] {
  const texts = new Map<string, Markdown>();
  for (const { span } of statementsAt(document, given)) {
    const text = document.launched.plan.text.slice(span.start, span.end);
    // On a degree's value stands first what each GPU gets; on other values their units alone.
    const told = hover(plan, DEGREE.test(text) ? span.end - 1 : span.start)?.markdown;
    if (!texts.has(text))
      texts.set(text, paragraphs(md`The plan reads ${code(text)}.`, told === undefined ? undefined : ours(told)));
  }
  return [...texts.values()];
}

function isSame(left: Given['place'], right: Given['place']): boolean {
  return left.uri === right.uri && left.span.start === right.span.start && left.span.end === right.span.end;
}

function valuesOf({ kind, choices, aliases }: Argument): Markdown {
  const values = choices
    ? md`Takes ${join(
        choices.map((choice) => code(choice)),
        ', ',
      )}.`
    : md`Takes ${KINDS[kind]}.`;
  if (aliases.length === 0) return values;
  return md`${values} Also written ${join(
    aliases.map((alias) => code(alias.startsWith('-') ? alias : `--${alias}`)),
    ', ',
  )}.`;
}

const KINDS: Readonly<Record<Argument['kind'], string>> = {
  switch: 'no value on a command line, and true or false in a file',
  integer: 'a whole number',
  number: 'a number',
  text: 'a text',
  json: 'a mapping in JSON',
};

function titleOf({ engine, version }: LaunchPlace['launched']['worker']): string {
  const { title } = engineProfile(engine);
  return version === undefined ? title : `${title} ${version}`;
}
