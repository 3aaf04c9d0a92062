import type { Reported } from '../analysis.ts';
import type { Finding, Rule } from '../diagnostic.ts';
import { MOST_SUGGESTIONS } from '../near.ts';
import type { ProblemOf } from '../problems.ts';
import { suggest } from '../suggest.ts';
import type { PropertyNode } from '../tree.ts';
import { choicesOf, enumerate } from '../vocabulary/describe.ts';
import type { PropertySpec } from '../vocabulary/spec.ts';
import { blockSpec, childBlocks } from '../vocabulary/vocabulary.ts';
import { plainWord } from '../vocabulary/words/foreign.ts';
import { meaningOf, valueMeant } from '../vocabulary/words/index.ts';
import { ForeignWords } from './foreignWords.ts';
import { didYouMean, fix, problemsOf } from './run.ts';

/**
 * A block has no property of this name.
 *
 * The value is ignored. Where the name is nearly that of a property, nothing is computed of the block: a default would stand
 * in for what was written.
 *
 * ## Not so
 * ```moeplan
 * gpu mine {
 *   memry     = 80 GiB
 *   bandwidth = 3.35 TB/s
 *   bf16      = 989 TFLOP/s
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * gpu mine {
 *   memory    = 80 GiB
 *   bandwidth = 3.35 TB/s
 *   bf16      = 989 TFLOP/s
 * }
 * ```
 *
 * ## How to fix it
 * Write the name that was meant, or move the property into the block that has it: the message says which one, also for words
 * of vLLM, SGLang, TensorRT-LLM, Megatron and Hugging Face (`--tensor-parallel-size 8` is `tp = 8` in `parallel { }`). At the
 * top level of a file there are no properties; a constant is written `let name = value`.
 */
export const unknownProperty: Rule<Reported> = {
  name: 'unknown-property',
  family: 'syntax',
  severity: 'error',
  summary: 'A block has no property of this name.',
  check(analysis, report) {
    const strange = problemsOf(analysis, 'unknown-property').map((problem): Strange => {
      const { text } = problem.node.key;
      return { ...problem, near: nearIn(text, problem.properties), isBlock: isBlockOf(problem.parent, text) };
    });
    if (strange.length === 0) return;
    const words = new ForeignWords(
      analysis,
      strange.filter(mayBeForeign).map(({ node }) => node),
    );
    for (const problem of strange) report(finding(analysis, problem, words));
  },
};

/** A property that its block does not have. */
interface Strange extends ProblemOf<'unknown-property'> {
  /** The property of the block whose name is close. */
  readonly near: string | undefined;
  /** The block holds a block of this name. */
  readonly isBlock: boolean;
}

function isBlockOf(parent: string, text: string): boolean {
  return parent !== 'file' && blockSpec(parent, text) !== undefined;
}

function mayBeForeign({ node, parent, near, isBlock }: Strange): boolean {
  return !isBlock && parent !== 'compare' && !(near !== undefined && isSpeltAlike(node.key.text, near));
}

function finding(analysis: Reported, strange: Strange, words: ForeignWords): Finding {
  const { uri } = analysis.source;
  const { node, parent, properties, near, isBlock } = strange;
  const { text, span } = node.key;
  if (isBlock) return { uri, span, ...blockInstead(analysis, node, parent) };
  if (parent === 'file' && isLaunch(node))
    return {
      uri,
      span,
      message:
        'a command that starts an engine belongs in a `deployment { }`: there each of its flags is told what it is here',
    };
  const foreign = words.finding(node);
  if (foreign) return { uri, span, ...foreign };
  if (parent === 'file')
    return {
      uri,
      span,
      message: `\`${text}\` stands outside any block; a constant is written \`let ${text} = …\``,
      fixes: [fix('Insert `let`', uri, { start: node.span.start, end: node.span.start }, 'let ')],
    };
  const nearby = near === undefined ? similarInChild(parent, text) : undefined;
  if (nearby)
    return {
      uri,
      span,
      message: `\`${parent}\` has no property \`${text}\`; did you mean \`${nearby.property}\` in \`${nearby.keyword} { }\`?`,
    };
  const { hint, fixes } = didYouMean(uri, span, near);
  return {
    uri,
    span,
    message: `\`${parent}\` has no property \`${text}\`${hint || knownProperties(properties)}`,
    fixes,
  };
}

/** `vllm` of `vllm serve`: the name of an engine, without a value. */
function isLaunch({ key, value }: PropertyNode): boolean {
  const [place] = value.kind === 'missing' ? (meaningOf(key.text, ['file'])?.places ?? []) : [];
  return place?.block.keyword === 'engine' && place.property.name === 'name';
}

/** The properties of the block, or a few of them, because completion and the reference have the whole list. */
function knownProperties(properties: readonly PropertySpec[]): string {
  const names = properties.map(({ name }) => name);
  if (names.length === 0) return '; it has no properties';
  if (names.length <= MOST_SUGGESTIONS) return `; it has ${enumerate(names)}`;
  const shown = names.slice(0, MOST_SUGGESTIONS).map((name) => `\`${name}\``);
  return `; it has ${shown.join(', ')} and ${names.length - shown.length} others, which completion and the language reference name`;
}

function nearIn(text: string, properties: readonly PropertySpec[]): string | undefined {
  return suggest(
    text,
    properties.map(({ name }) => name),
  );
}

function isSpeltAlike(text: string, near: string): boolean {
  return !text.startsWith('-') && plainWord(text).replaceAll('-', '') === near.replaceAll('-', '');
}

/** `experts = 8`, `engine = vllm`: the name of a block stands as a property. Its value is kept where one property takes it. */
function blockInstead(analysis: Reported, node: PropertyNode, parent: string): Pick<Finding, 'message' | 'fixes'> {
  const { text } = node.key;
  const { source } = analysis;
  const valueWord = node.value.kind === 'word' ? node.value.text : undefined;
  const [first] = blockSpec(parent, text)?.properties ?? [];
  const choice =
    valueWord !== undefined &&
    first &&
    valueMeant(
      valueWord,
      choicesOf(first.type).map(({ name }) => name),
    );
  const written = choice && first ? `${text} { ${first.name} = ${choice} }` : undefined;
  return {
    message: `\`${text}\` is a block of \`${parent}\`: write \`${written ?? `${text} { … }`}\``,
    fixes: written === undefined ? [] : [fix(`Write \`${written}\``, source.uri, node.span, written)],
  };
}

/** A property of a child block whose name is close. */
function similarInChild(
  parent: string,
  name: string,
): { readonly keyword: string; readonly property: string } | undefined {
  for (const block of childBlocks(parent)) {
    const property = nearIn(name, block.properties);
    if (property !== undefined) return { keyword: block.keyword, property };
  }
  return undefined;
}
