import type { Rule } from '../../language/diagnostic.ts';
import type { Entity, Value } from '../../language/entity.ts';
import { locationOfProperty } from '../../language/entity.ts';
import { itemsOf } from '../values.ts';
import type { PlanContext } from './context.ts';
import type { Arrow, Flow } from './flow.ts';
import { flowsOf } from './flow.ts';

/**
 * An arrow of a hand-drawn layer joins shapes that do not meet.
 *
 * The output of an operator must have the shape that the next one takes: as many axes, equal sizes, equal names for the
 * sizes that are not numbers. Layers are stacked, so what enters `output` must have the shape that leaves `input`, and a
 * model that uses the layer must have that hidden width.
 *
 * ## Not so
 * ```moeplan
 * layer block {
 *   operator up   { kind = linear, input = [tokens, 4096],  output = [tokens, 16384] }
 *   operator down { kind = linear, input = [tokens, 14336], output = [tokens, 4096] }
 *   input -> up -> down -> output
 * }
 * ```
 *
 * ## But so
 * ```moeplan
 * layer block {
 *   operator up   { kind = linear, input = [tokens, 4096],  output = [tokens, 16384] }
 *   operator down { kind = linear, input = [tokens, 16384], output = [tokens, 4096] }
 *   input -> up -> down -> output
 * }
 * ```
 *
 * ## How to fix it
 * Correct one of the two shapes, or put the operator between them that turns one into the other.
 */
export const shapeMismatch: Rule<PlanContext> = {
  name: 'shape-mismatch',
  family: 'dimensions',
  severity: 'error',
  summary: 'An arrow joins two shapes that do not meet.',
  check(context, report) {
    for (const { rule, ...problem } of context.plan.problems) if (rule === 'shape-mismatch') report(problem);
    for (const flow of flowsOf(context)) {
      if (flow.kind !== 'operator') continue;
      const entry = flow.arrows.find(({ from }) => from === 'input');
      for (const arrow of flow.arrows) {
        const [from, to] = shapesOf(arrow, flow, entry);
        if (!from || !to) continue;
        const difference = compare(from.items, to.items);
        if (difference === undefined) continue;
        report({
          uri: arrow.uri,
          span: arrow.span,
          message: `${from.name} gives ${write(from.items)} and ${to.name} takes ${write(to.items)}: ${difference}; correct one of the two`,
          related: [from, to].map((end) => ({
            uri: end.uri,
            span: end.span,
            message: `${end.name}: ${write(end.items)}`,
          })),
        });
      }
    }
  },
};

interface Shape {
  readonly name: string;
  readonly items: readonly Value[];
  readonly uri: string;
  readonly span: Arrow['span'];
}

/** The shapes at the two ends of an arrow. `input` and `output` have the shape of the first arrow out of `input`. */
function shapesOf(
  { from, to }: Arrow,
  flow: Flow,
  entry: Arrow | undefined,
): readonly [Shape | undefined, Shape | undefined] {
  const end = entry && shapeOf(flow.blocks.get(entry.to), 'input');
  const given = from === 'input' ? end && { ...end, name: '`input`' } : shapeOf(flow.blocks.get(from), 'output');
  const taken = to === 'output' ? end && { ...end, name: '`output`' } : shapeOf(flow.blocks.get(to), 'input');
  return [given, taken];
}

function shapeOf(block: Entity | undefined, name: 'input' | 'output'): Shape | undefined {
  const property = block?.properties.get(name);
  return property && { name: block?.name ?? '', items: itemsOf(property.value), ...locationOfProperty(property) };
}

function compare(from: readonly Value[], to: readonly Value[]): string | undefined {
  if (from.length !== to.length) return `${from.length} axes against ${to.length}`;
  const axis = from.findIndex((item, index) => writeItem(item) !== writeItem(to[index]));
  return axis < 0 ? undefined : `axis ${axis} is ${writeItem(from[axis])} against ${writeItem(to[axis])}`;
}

function write(items: readonly Value[]): string {
  return `[${items.map(writeItem).join(', ')}]`;
}

function writeItem(item: Value | undefined): string {
  if (item?.kind === 'quantity') return String(item.value);
  return item?.kind === 'word' || item?.kind === 'text' ? item.text : '?';
}
