import { isName } from '../lexer.ts';
import type { Expression, PropertyNode } from '../tree.ts';
import { PREFERRED_UNITS } from '../units.ts';
import { choicesOf } from '../vocabulary/describe.ts';
import type { PropertySpec } from '../vocabulary/spec.ts';
import { type Meaning, valueMeant } from '../vocabulary/words/index.ts';

/**
 * The value as this language writes it; undefined where it cannot be converted. `gpus` returns how many GPUs the degrees beside
 * it take.
 */
export function carried(
  text: string,
  { value }: PropertyNode,
  property: PropertySpec,
  { row }: Meaning,
  gpus?: () => number | undefined,
): string | undefined {
  const conversion = row?.value;
  const written = text.slice(value.span.start, value.span.end).trim();
  const truth = value.kind === 'missing' ? 'true' : valueMeant(unquoted(written), ['true', 'false']);
  if (conversion === 'rewrite') return undefined;
  if (conversion === 'all-gpus') return truth === 'true' ? gpus?.()?.toString() : undefined;
  if (conversion === 'opposite') return truth === undefined ? undefined : truth === 'true' ? 'false' : 'true';
  if (conversion === 'devices') return devices(value, written);
  if (conversion === 'indexes')
    return /^[1-9]\d*$/.test(written)
      ? written === '1'
        ? '0'
        : `0..${Number(written) - 1}`
      : indexText(value, written);
  if (typeof conversion === 'object') return truth === 'true' ? conversion.on : undefined;
  if (property.type.kind === 'boolean') return truth;
  if (value.kind === 'missing') return undefined;
  return typed(value, written, property);
}

/** `0,1,2,3` as a range, and other indexes as a list. */
function devices(value: Expression, written: string): string | undefined {
  const indexes = (value.kind === 'list' ? value.items : [value]).map((item) =>
    item.kind === 'number' && Number.isSafeInteger(item.value) ? item.value : undefined,
  );
  const [first] = indexes;
  if (first === undefined || indexes.includes(undefined)) return undefined;
  if (value.kind !== 'list') return String(first);
  const isRange = indexes.every((index, at) => index === first + at);
  return isRange ? `${first}..${first + indexes.length - 1}` : `[${written.replaceAll(',', ', ')}]`;
}

function indexText(value: Expression, written: string): string | undefined {
  return value.kind === 'range' || value.kind === 'list' ? written : undefined;
}

/** Dimensions with a usual unit, which is meant where none is written. */
const PLAIN: ReadonlySet<string> = new Set(['tokens', 'tokens/s', 'requests/s']);

function typed(value: Expression, written: string, { type }: PropertySpec): string {
  const choices = choicesOf(type).map(({ name }) => name);
  const plain = unquoted(written);
  if (choices.length > 0) return valueMeant(plain, choices) ?? (isName(plain) ? plain : written);
  if (type.kind === 'string') return `"${plain}"`;
  if (value.kind === 'string' && (isName(plain) || /^\d[\d_.]*$/.test(plain))) return plain;
  if (value.kind === 'number' && !value.unit && type.kind === 'quantity' && PLAIN.has(type.dimension))
    return `${written} ${PREFERRED_UNITS[type.dimension][0]}`;
  return written;
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/s, '$1');
}
