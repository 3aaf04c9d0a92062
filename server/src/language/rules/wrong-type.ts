import type { Reported } from '../analysis.ts';
import type { Fix, Rule } from '../diagnostic.ts';
import { isName } from '../lexer.ts';
import type { WrongType } from '../problems.ts';
import { suggest } from '../suggest.ts';
import { choicesOf, describeType, exampleValue } from '../vocabulary/describe.ts';
import type { ValueType } from '../vocabulary/spec.ts';
import { valueMeant } from '../vocabulary/words/index.ts';
import { didYouMean, fix, problemsOf } from './run.ts';

/**
 * A value has another type than its property: a word where a number belongs, a fraction where only whole numbers make
 * sense, a word that is none of the choices.
 *
 * ## Not so
 * ```moeplan
 * deployment plan {
 *   model = moe-4l, cluster = two-nodes, workload = long-batch
 *   balance = ebpl
 *   parallel { tp = eight }
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * deployment plan {
 *   model = moe-4l, cluster = two-nodes, workload = long-batch
 *   balance = eplb
 *   parallel { tp = 8 }
 * }
 * ```
 *
 * ## How to fix it
 * Write a value of the type that the message names. Where one of the choices is close, the quick fix writes it; a name
 * in quotes loses them.
 */
export const wrongType: Rule<Reported> = {
  name: 'wrong-type',
  family: 'syntax',
  severity: 'error',
  summary: 'A value has another type than its property.',
  check(analysis, report) {
    const { uri, text } = analysis.source;
    for (const { span, inside, found } of problemsOf(analysis, 'nested-value')) {
      const written = describeFound(text.slice(span.start, span.end), found);
      report({
        uri,
        span,
        message:
          inside === 'list'
            ? `a list holds single values; found ${written}: write what it holds without brackets of its own`
            : `between parentheses stands a single number; found ${written}: write the number`,
      });
    }
    for (const problem of problemsOf(analysis, 'wrong-type')) {
      const { expected, property, span } = problem;
      const written = text.slice(span.start, span.end);
      const choices = choicesOf(expected).map(({ name }) => name);
      const meantChoice =
        problem.word?.span.end === span.end || problem.text !== undefined
          ? valueMeant(unquoted(written), choices)
          : undefined;
      if (meantChoice !== undefined && meantChoice !== unquoted(written)) {
        report({
          uri,
          span,
          message: `\`${unquoted(written)}\` is \`${meantChoice}\` here`,
          fixes: [fix(`Write \`${meantChoice}\``, uri, span, meantChoice)],
        });
        continue;
      }
      const foundText = describeFound(written, problem.found);
      const { hint, fixes } = remedy(uri, problem);
      const example =
        hint === '' && property && expected.kind !== 'choice' ? `, for example \`${exampleValue(property)}\`` : '';
      const after = property ? ` after \`${property.name} =\`` : '';
      report({
        uri,
        span,
        message: `expected ${shortType(expected)}${after}${example}; found ${foundText}${hint}`,
        fixes,
      });
    }
  },
};

/** A message is read where it stands, and completion has the whole of a long list. */
const MOST_CHOICES = 10;

function shortType(expected: WrongType['expected']): string {
  const names = choicesOf(expected).map(({ name }) => `\`${name}\``);
  if (expected.kind !== 'choice' || names.length <= MOST_CHOICES) return describeType(expected);
  const shown = names.slice(0, MOST_CHOICES - 1);
  return `one of ${shown.join(', ')} or ${names.length - shown.length} more`;
}

function remedy(
  uri: string,
  { expected, word, text, span }: WrongType,
): { readonly hint: string; readonly fixes: readonly Fix[] } {
  const choices = choicesOf(expected).map((choice) => choice.name);
  if (word && word.span.end < span.end) return didYouMean(uri, word.span, suggest(word.text, applicationsOf(expected)));
  if (word) return didYouMean(uri, span, slipOf(word.text, choices));
  const isNumber =
    (expected.kind === 'integer' || expected.kind === 'quantity') && text !== undefined && /^\d[\d_.]*$/.test(text);
  if (text !== undefined && (isNumber || choices.includes(text) || (expected.kind === 'reference' && isName(text)))) {
    return { hint: '; write it without quotes', fixes: [fix('Remove the quotes', uri, span, text)] };
  }
  return { hint: '', fixes: [] };
}

function applicationsOf(type: ValueType): string[] {
  if (type.kind === 'either') return type.of.flatMap(applicationsOf);
  return type.kind === 'application' ? [type.word] : [];
}

/** The text itself. If it is the name of a constant, the constant's value follows. */
function describeFound(written: string, found: string): string {
  if (written.length === 0 || written.length > 30 || /[\r\n`]/.test(written)) return found;
  const isConstant = isName(written) && found !== `\`${written}\``;
  return isConstant ? `\`${written}\`, ${found}` : `\`${written}\``;
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/s, '$1');
}

/** The choice that a slip of the finger turned into this word. Digits must match: `fp6` is no slip of `fp8`. */
function slipOf(word: string, choices: readonly string[]): string | undefined {
  const digits = (text: string) => text.replace(/\D+/g, ' ').trim();
  return suggest(
    word,
    choices.filter((choice) => digits(choice) === digits(word)),
  );
}
