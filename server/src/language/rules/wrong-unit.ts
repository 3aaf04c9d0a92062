import type { Reported } from '../analysis.ts';
import type { Finding, Fix, Rule } from '../diagnostic.ts';
import type { WrongUnit } from '../problems.ts';
import { suggest } from '../suggest.ts';
import type { Word } from '../tree.ts';
import { type Dimension, PREFERRED_UNITS, UNITS } from '../units.ts';
import { describeDimension, enumerate } from '../vocabulary/describe.ts';
import { fix, problemsOf } from './run.ts';

/**
 * A unit does not exist, measures something else than its property, or two units do not go together in arithmetic.
 *
 * `GiB` and `GB`, `GB/s` and `Gb/s` are different units and are never taken for each other: the factor between the
 * first two is 1.07, between the last two it is 8.
 *
 * ## Not so
 * ```moeplan
 * gpu mine {
 *   memory    = 80 gigs
 *   bandwidth = 3.35 TB
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
 * Write a unit of what the property measures. Where one unit is clearly meant, the quick fix writes it; a unit on a
 * plain number is removed. Amounts and times do combine: `2 GiB / 10 ms` is a bandwidth.
 */
export const wrongUnit: Rule<Reported> = {
  name: 'wrong-unit',
  family: 'syntax',
  severity: 'error',
  summary: 'A unit does not exist or measures something else.',
  check(analysis, report) {
    for (const problem of problemsOf(analysis, 'wrong-unit')) report(finding(analysis, problem));
  },
};

function finding({ source }: Reported, { reason, span, property }: WrongUnit): Finding {
  const { uri, text } = source;
  const after = property ? `\`${property.name}\` takes ` : 'expected ';
  switch (reason.kind) {
    case 'unknown': {
      const { unit } = reason;
      if (reason.expected === 'number') {
        return {
          uri,
          span: unit.span,
          message: `expected a plain number; \`${unit.text}\` is no unit; remove it`,
          fixes: removal(uri, unit.span, text, true).map((removalFix) => ({
            ...removalFix,
            isCertain: isNoun(unit.text),
          })),
        };
      }
      const thousands = inThousands(source, unit, reason.expected);
      if (thousands) return { uri, span: unit.span, ...thousands };
      const meant = meantUnit(unit.text, reason.expected);
      const examples = enumerate(PREFERRED_UNITS[reason.expected ?? 'bytes'].slice(0, 3), 'or');
      const hint = meant === undefined ? `; write a unit such as ${examples}` : `; did you mean \`${meant}\`?`;
      const glued = text.charAt(unit.span.start - 1) === ' ' ? '' : ' ';
      const isCertain = meant !== undefined && isSameUnit(unit.text, meant);
      const change = () => ({ ...fix(`Change to \`${meant}\``, uri, unit.span, `${glued}${meant}`), isCertain });
      const fixes = meant === undefined ? [] : [change()];
      return {
        uri,
        span: unit.span,
        message: `unknown unit \`${unit.text}\`${hint}`,
        fixes: [...fixes, ...(meant === undefined ? removal(uri, unit.span, text) : [])],
      };
    }
    case 'arithmetic': {
      const verbs: Readonly<Record<string, string>> = {
        '+': 'added to',
        '-': 'subtracted from',
        '*': 'multiplied with',
        '/': 'divided by',
      };
      const [left, right] = reason.operator === '-' ? [reason.right, reason.left] : [reason.left, reason.right];
      return {
        uri,
        span,
        message: `${name(left)} cannot be ${verbs[reason.operator] ?? 'combined with'} ${name(right)}; use values of one kind on both sides`,
      };
    }
    case 'dimension': {
      const { found, expected, literal } = reason;
      const unit = literal?.unit;
      const written = unit ? `\`${unit.text}\` measures ${name(found)}` : `this is ${describeDimension(found)}`;
      if (expected === 'number') {
        return {
          uri,
          span,
          message: `${after}a plain number; ${written}; remove the unit`,
          fixes:
            unit && literal
              ? [
                  fix(
                    'Remove the unit',
                    uri,
                    { start: literal.span.start, end: literal.span.end },
                    text.slice(literal.span.start, unit.span.start).trimEnd(),
                  ),
                ]
              : [],
        };
      }
      const units = PREFERRED_UNITS[expected];
      const meant = unit && meantUnit(unit.text, expected);
      const fixes: Fix[] = unit && meant !== undefined ? [fix(`Change to \`${meant}\``, uri, unit.span, meant)] : [];
      const hint = meant === undefined ? `write ${enumerate(units.slice(0, 3), 'or')}` : `did you mean \`${meant}\`?`;
      return {
        uri,
        span: unit?.span ?? span,
        message: `${after}${describeDimension(expected)}; ${written}; ${hint}`,
        fixes,
      };
    }
  }
}

function removal(
  uri: string,
  span: { readonly start: number; readonly end: number },
  text: string,
  preferred = false,
): Fix[] {
  const start = text.charAt(span.start - 1) === ' ' ? span.start - 1 : span.start;
  return [fix('Remove the unit', uri, { start, end: span.end }, '', preferred)];
}

/** Plain words for a dimension in arithmetic: `bytes`, `seconds`, `plain numbers`. */
function name(dimension: Dimension): string {
  if (dimension === 'number') return 'a plain number';
  return dimension === 'fraction' ? 'a share' : dimension;
}

/** Other spellings of units that people are used to. */
const OTHER_SPELLINGS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    gig: 'GiB',
    gigs: 'GiB',
    gigabytes: 'GB',
    gibibytes: 'GiB',
    megabytes: 'MB',
    bytes: 'B',
    byte: 'B',
    tok: 'tokens',
    toks: 'tokens',
    'tok/s': 'tokens/s',
    'toks/s': 'tokens/s',
    'tokens/sec': 'tokens/s',
    'token/sec': 'tokens/s',
    'req/s': 'requests/s',
    'requests/sec': 'requests/s',
    qps: 'requests/s',
    sec: 's',
    secs: 's',
    seconds: 's',
    second: 's',
    msec: 'ms',
    milliseconds: 'ms',
    microseconds: 'us',
    µs: 'us',
    μs: 'us',
    minutes: 'min',
    hours: 'h',
    hour: 'h',
    percent: '%',
    GBps: 'GB/s',
    Gbps: 'Gb/s',
    gbps: 'Gb/s',
    TBps: 'TB/s',
    TFLOPS: 'TFLOP/s',
    TFLOPs: 'TFLOP/s',
    'TFLOPS/s': 'TFLOP/s',
    'TFLOPs/s': 'TFLOP/s',
    PFLOPS: 'PFLOP/s',
    GFLOPS: 'GFLOP/s',
    TFlops: 'TFLOP/s',
    'USD/hour': 'USD/h',
    'EUR/hour': 'EUR/h',
    '$/h': 'USD/h',
  }),
);

/** Spellings that mean different units to different people: `gigs` are GB to some, `gbps` is GB/s to some. */
const AMBIGUOUS: ReadonlySet<string> = new Set(['gig', 'gigs', 'gbps']);

/** Whether a unit is only spelt differently and no other can be meant: `tok/s`, `gib`. */
function isSameUnit(written: string, meant: string): boolean {
  const lower = written.toLowerCase();
  // `Gbps` and `GBps` say which they are; `GBPS` and `Gigs` do not.
  if (AMBIGUOUS.has(lower) && (written === lower || !OTHER_SPELLINGS.has(written))) return false;
  const usualSpelling = OTHER_SPELLINGS.get(written) ?? OTHER_SPELLINGS.get(lower);
  return usualSpelling === meant || lower === meant.toLowerCase();
}

/** Words for what plain numbers count, which people write behind them. */
const NOUNS =
  /^(?:requests?|reqs?|users?|clients?|streams?|prompts?|sequences?|seqs?|samples?|gpus?|nodes?|machines?|racks?|stages?|ranks?|groups?|layers?|heads?|experts?|columns?|sms?|steps?|batch(?:es)?|micro-?batch(?:es)?|replicas?|copies)$/i;

/** Whether the word behind a plain number names what it counts. */
function isNoun(written: string): boolean {
  return NOUNS.test(written);
}

/** The unit that was most probably meant, in the expected dimension where that is given. */
function meantUnit(written: string, expected?: Dimension): string | undefined {
  const fits = (unit: string | undefined) => {
    const knownUnit = unit === undefined ? undefined : UNITS.get(unit);
    return knownUnit !== undefined && (expected === undefined || knownUnit.dimension === expected);
  };
  const candidates = [...UNITS.keys()].filter(fits);
  const usualSpelling = OTHER_SPELLINGS.get(written) ?? OTHER_SPELLINGS.get(written.toLowerCase());
  if (fits(usualSpelling)) return usualSpelling;
  if (fits(`${written}/s`)) return `${written}/s`;
  if (written.endsWith('/s') && fits(written.slice(0, -2))) return written.slice(0, -2);
  const sameButCase = candidates.filter((unit) => unit.toLowerCase() === written.toLowerCase());
  if (sameButCase.length > 0) return sameButCase.length === 1 ? sameButCase[0] : undefined;
  return written.length > 2 ? suggest(written, candidates) : undefined;
}

/** Letters that people write behind amounts, and the factor that each stands for. */
const MULTIPLES: Readonly<Record<string, number>> = { k: 1e3, K: 1e3, M: 1e6 };

/** `2k` where tokens or requests are counted. Sizes have units of their own for this. */
function inThousands(
  { uri, text }: Reported['source'],
  unit: Word,
  expected: Dimension | undefined,
): Pick<Finding, 'message' | 'fixes'> | undefined {
  const factor = Object.hasOwn(MULTIPLES, unit.text) ? MULTIPLES[unit.text] : undefined;
  const plain = expected === undefined ? undefined : PREFERRED_UNITS[expected][0];
  const written = /\d[\d_]*(?:\.\d+)?\s*$/.exec(text.slice(Math.max(0, unit.span.start - 40), unit.span.start))?.[0];
  if (factor === undefined || written === undefined || plain === undefined || !/^(?:tokens|requests)/.test(plain))
    return undefined;
  const value = Number((Number(written.trim().replaceAll('_', '')) * factor).toPrecision(12));
  const whole = { start: unit.span.start - written.length, end: unit.span.end };
  const instead = `${value} ${plain}`;
  return {
    message: `\`${unit.text}\` is no unit here; write \`${instead}\``,
    fixes: [{ ...fix(`Change to \`${instead}\``, uri, whole, instead), isCertain: true }],
  };
}
