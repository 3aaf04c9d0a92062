import type { Reported } from '../analysis.ts';
import type { Finding, Rule } from '../diagnostic.ts';
import type { OutOfRange } from '../problems.ts';
import { exampleValue } from '../vocabulary/describe.ts';
import { fix, problemsOf } from './run.ts';

/**
 * A number is outside what its property allows, a range runs backwards, or arithmetic leads to no number.
 *
 * ## Not so
 * ```moeplan
 * deployment plan {
 *   model = moe-4l, cluster = two-nodes, workload = long-batch
 *   gpus = 15..0
 *   parallel { tp = 0 }
 *   engine { memory-fraction = 90 }
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * deployment plan {
 *   model = moe-4l, cluster = two-nodes, workload = long-batch
 *   gpus = 0..15
 *   parallel { tp = 1 }
 *   engine { memory-fraction = 90% }
 * }
 * ```
 *
 * ## How to fix it
 * Write a number within the limits that the message gives. A range that runs backwards is turned round by the quick
 * fix, and a share above 1 gets its `%`.
 */
export const numberOutOfRange: Rule<Reported> = {
  name: 'number-out-of-range',
  family: 'syntax',
  severity: 'error',
  summary: 'A number is outside its limits, or a range runs backwards.',
  check(analysis, report) {
    for (const problem of problemsOf(analysis, 'out-of-range')) report(finding(analysis, problem));
  },
};

function finding({ source }: Reported, problem: OutOfRange): Finding {
  const { uri, text } = source;
  const { expression, span, value } = problem;
  switch (problem.reason) {
    case 'limits':
      return limits(uri, problem);
    case 'backwards': {
      if (expression.kind !== 'range')
        return { uri, span, message: 'this range runs backwards; write the lower end first' };
      const { from, to } = expression;
      const turnedRange = `${text.slice(to.span.start, to.span.end)}..${text.slice(from.span.start, from.span.end)}`;
      return {
        uri,
        span,
        message: `this range runs backwards; write the lower end first: \`${turnedRange}\``,
        fixes: [fix(`Write \`${turnedRange}\``, uri, { start: from.span.start, end: to.span.end }, turnedRange)],
      };
    }
    case 'negative':
      return { uri, span, message: `this must not be negative; found ${value}; write 0 or more` };
    case 'step':
      return { uri, span, message: `the step of a range must be at least 1; found ${value}; write \`by 1\` or more` };
    case 'infinite':
      return { uri, span, message: 'this number is too large to compute with; write a smaller one' };
    case 'division-by-zero':
      return { uri, span, message: 'this divides by zero; write a divisor other than 0' };
  }
}

/** Bounds up to this one mean something for the property, as with a share or with the stages of ZeRO. */
const MOST_SHOWN = 100;

function limits(uri: string, { property, span, value, expression }: OutOfRange): Finding {
  const { min, max } = property?.range ?? {};
  const name = property?.name ?? 'this';
  const example = property ? `, for example \`${exampleValue(property)}\`` : '';
  if (max === 1 && value >= 2 && value <= 100 && expression.kind === 'number' && !expression.unit) {
    const percent = { start: expression.span.end, end: expression.span.end };
    return {
      uri,
      span,
      message: `\`${name}\` is a share and at most 1; did you mean \`${value}%\`?`,
      fixes: [fix('Insert `%`', uri, percent, '%')],
    };
  }
  // A larger bound only keeps slips out. It is named where it is exceeded, but not where the number is too small.
  const isNarrow = max !== undefined && max <= MOST_SHOWN;
  const bounds =
    min !== undefined && isNarrow
      ? `between ${min} and ${max}`
      : max !== undefined && value > max
        ? `at most ${max.toLocaleString('en-US').replaceAll(',', '_')}`
        : min === Number.MIN_VALUE
          ? 'more than 0'
          : `at least ${min}`;
  return { uri, span, message: `\`${name}\` must be ${bounds}${example}; found ${value}` };
}
