import type { Operation } from '../../cost/operation.ts';
import { Memo } from '../../language/memo.ts';

/** An operation as drawn. */
export interface PlacedOperation extends Operation {
  /** Operations that stand side by side in their hand-drawn layer have the same column. */
  readonly column?: string;
}

const placedOperations = new Memo<readonly Operation[], readonly PlacedOperation[]>();

/**
 * The operations of a layer as drawn. In a hand-drawn layer each operator is one node, with collectives and routing beside
 * it. Operators that its arrows leave side by side are drawn side by side: columns follow the longest way from the layer's
 * input.
 */
export function asDrawn(operations: readonly Operation[]): readonly PlacedOperation[] {
  if (!operations.some(({ operator }) => operator)) return operations;
  const placed = placedOperations.get(operations) ?? inColumns(oneEach(operations));
  placedOperations.set(operations, placed);
  return placed;
}

/** Whether an operation is a kernel of attention or of a dense network, which the user drew as one operator. */
function isInner({ operator, kind, group }: Operation): boolean {
  return (operator?.kind === 'attention' || operator?.kind === 'feed-forward') && kind === 'compute' && group === 'gpu';
}

function oneEach(operations: readonly Operation[]): readonly Operation[] {
  const groups: Operation[][] = [];
  for (const operation of operations) {
    const group = groups.at(-1);
    const [first] = group ?? [];
    const follows = first && isInner(first) && isInner(operation) && first.operator?.name === operation.operator?.name;
    if (follows) group?.push(operation);
    else groups.push([operation]);
  }
  const keyOf = new Map<string, string>();
  const parts = new Map<string, number>();
  return groups
    .map((group) => {
      const [first] = group;
      const whole = first && isInner(first) ? merged(first, group, groups, parts) : group[0];
      for (const { key } of group) keyOf.set(key, whole?.key ?? key);
      return whole;
    })
    .flatMap((operation) => (operation ? [{ ...operation, label: labelOf(operation) }] : []))
    .map((operation) => ({ ...operation, after: operation.after.map((key) => keyOf.get(key) ?? key) }));
}

/**
 * A run of an operator's kernels as one operation. When a collective divides the kernels, each run is labelled with its
 * own.
 */
function merged(
  first: Operation,
  group: readonly Operation[],
  groups: readonly (readonly Operation[])[],
  parts: Map<string, number>,
): Operation {
  const { operator } = first;
  if (!operator) return first;
  const part = (parts.get(operator.name) ?? 0) + 1;
  parts.set(operator.name, part);
  const isDivided =
    groups.filter(
      ([firstOfGroup]) => firstOfGroup && isInner(firstOfGroup) && firstOfGroup.operator?.name === operator.name,
    ).length > 1;
  const sum = (amountOf: (member: Operation) => number) => group.reduce((total, member) => total + amountOf(member), 0);
  const engineSeconds = sum((member) => member.engineSeconds ?? 0);
  const longest = group.reduce((most, member) => (member.seconds > most.seconds ? member : most), first);
  const last = group.at(-1) ?? first;
  return {
    ...first,
    key: `${operator.layer}.${operator.name}${part > 1 ? `.${part}` : ''}`,
    label: isDivided ? group.map(({ label }) => label).join(', ') : '',
    output: last.output,
    flop: sum(({ flop }) => flop),
    bytes: sum(({ bytes }) => bytes),
    seconds: sum(({ seconds }) => seconds),
    exposedSeconds: sum(({ exposedSeconds }) => exposedSeconds),
    ...(engineSeconds > 0 && { engineSeconds }),
    bound: longest.bound,
    formula: longest.formula,
    operator: { ...operator, leaves: group.some((member) => member.operator?.leaves) },
  };
}

/** The user's name comes first: `attn (attention)`, `moe: dispatch`. */
function labelOf(operation: Operation): string {
  const { operator, label, key } = operation;
  if (!operator) return label;
  const { layer, name, kind } = operator;
  if (label === '' || kind === 'router') return name === kind ? name : `${name} (${kind})`;
  return key === `${layer}.${name}` && !isInner(operation) ? label : `${name}: ${label}`;
}

function inColumns(operations: readonly Operation[]): readonly PlacedOperation[] {
  const rank = new Map<string, number>();
  for (const { key, after } of operations)
    rank.set(
      key,
      after.reduce((most, before) => Math.max(most, (rank.get(before) ?? -1) + 1), 0),
    );
  return operations
    .map(
      (operation): PlacedOperation => ({
        ...operation,
        column: `${operation.operator?.layer ?? ''}/${rank.get(operation.key) ?? 0}`,
      }),
    )
    .sort((a, b) => (rank.get(a.key) ?? 0) - (rank.get(b.key) ?? 0));
}
