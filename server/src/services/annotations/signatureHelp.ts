import { PREFERRED_UNITS } from '../../language/units.ts';
import { COMPARE_CLAIMS } from '../../language/vocabulary/claims.ts';
import { describeType, dimensionsOf, requirement } from '../../language/vocabulary/describe.ts';
import type { PropertySpec } from '../../language/vocabulary/spec.ts';
import { propertySpec } from '../../language/vocabulary/vocabulary.ts';
import { code, join, type Markdown, md, paragraphs } from '../../text/markdown.ts';
import type { Analysis } from '../analysis.ts';
import { assignmentIn, blocksAround, statementBefore, tokenAround } from '../completion/cursor.ts';
import { specOf } from '../place.ts';

/** How a value is written: `memory = NUMBER GiB | MiB | GB`, with the part that comes next marked. */
export interface Signature {
  readonly label: string;
  readonly doc: Markdown;
  /** Parts of the label, as offsets into it. */
  readonly parts: readonly (readonly [start: number, end: number])[];
  /** The index of the part at the cursor. */
  readonly active: number;
}

/** Explains what may be written for a value. Undefined when the cursor is elsewhere. */
export function signatureHelp(analysis: Analysis, offset: number): Signature | undefined {
  const { comment, string } = tokenAround(analysis, offset);
  if (comment || string) return undefined;
  const assignment = assignmentIn(statementBefore(analysis, offset));
  if (!assignment) return undefined;
  const { key, written } = assignment;
  const block = specOf(blocksAround(analysis, offset));
  const spec = block ? propertySpec(block, key) : COMPARE_CLAIMS.find(({ name }) => name === key);
  if (!spec) return undefined;
  const parts = partsOf(spec);
  const label = [`${spec.name} ${spec.comparable ? '= | >= | <=' : '='}`, ...parts].join(' ');
  let end = label.length - parts.join(' ').length;
  return {
    label,
    doc: paragraphs(spec.doc, spec.details, factsOf(spec)),
    parts: parts.map((part) => {
      const start = end;
      end = start + part.length + 1;
      return [start, start + part.length] as const;
    }),
    active: Math.min(activePart(written, spec), parts.length - 1),
  };
}

/** The parts of a value in order: a number, its unit, a tolerance. */
function partsOf(spec: PropertySpec): readonly string[] {
  const dimensions = dimensionsOf(spec.type);
  const units = dimensions.flatMap((dimension) => PREFERRED_UNITS[dimension]);
  const form = units.length > 0 ? 'number' : describeType(spec.type).replaceAll('`', '');
  return [form, ...(units.length > 0 ? [units.join(' | ')] : []), ...(spec.comparable ? ['+- tolerance'] : [])];
}

function activePart(written: string, spec: PropertySpec): number {
  const hasUnits = dimensionsOf(spec.type).some((dimension) => PREFERRED_UNITS[dimension].length > 0);
  if (/\+-/.test(written)) return hasUnits ? 2 : 1;
  // After a number comes its unit, which starts at the blank or the first letter.
  return hasUnits && /\d[\d_.]*(?:\s+|[\p{L}%])[\p{L}\p{N}/%]*\s*$/u.test(written) ? 1 : 0;
}

/** The largest upper bound that is shown. Larger bounds only keep slips out and say nothing about the property. */
const MOST_SHOWN = 100;

function boundsOf({ min, max }: NonNullable<PropertySpec['range']>): readonly string[] {
  if (min !== undefined && max !== undefined && max <= MOST_SHOWN) return [`Between ${min} and ${max}.`];
  if (min === undefined) return [];
  return [min === Number.MIN_VALUE ? 'More than 0.' : `At least ${min}.`];
}

function factsOf(spec: PropertySpec): Markdown {
  const { default: value, range, example } = spec;
  const facts = [
    requirement(spec) ?? [],
    ...(value ? [`Default: ${value}.`] : []),
    ...(range ? boundsOf(range) : []),
    md`For example ${code(example)}.`,
  ].flat();
  return join(facts, ' ');
}
