import type { Entity } from '../../language/entity.ts';
import { shapeOf } from '../attention.ts';
import type { LayerClass } from '../model.ts';
import { kvHeadsFault, routingFault } from '../modelFaults.ts';
import { childrenOf, numberOf } from '../values.ts';
import type { PlanProblem } from './resolved.ts';

/**
 * What contradicts itself in a model that is read from a config. What a block of the text writes out whole has its finding
 * from the rule itself.
 */
export function reportFaults(
  entity: Entity,
  classes: readonly LayerClass[],
  report: (problem: PlanProblem) => void,
): void {
  const isWritten = (keyword: string, ...names: readonly string[]) =>
    childrenOf(entity, keyword).some((block) => names.every((name) => numberOf(block, name) !== undefined));
  const faults = classes.flatMap(({ attention, feedForward }) => {
    const shape = shapeOf(attention);
    return [
      shape?.kvHeads !== undefined && !isWritten('attention', 'heads', 'kv-heads')
        ? kvHeadsFault(shape.heads, shape.kvHeads)
        : undefined,
      feedForward.kind === 'moe' && !isWritten('experts', 'count', 'top-k') ? routingFault(feedForward) : undefined,
    ];
  });
  const place = { uri: entity.uri, span: (entity.node.from ?? entity.node.keyword).span };
  const told = new Set<string>();
  for (const fault of faults) {
    if (!fault || told.has(fault.message)) continue;
    told.add(fault.message);
    report({ rule: fault.rule, ...place, message: `its config contradicts itself: ${fault.message}` });
  }
}
