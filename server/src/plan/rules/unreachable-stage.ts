import type { Fix, Rule } from '../../language/diagnostic.ts';
import { fix } from '../../language/rules/run.ts';
import { mayLack } from '../values.ts';
import type { PlanContext } from './context.ts';
import { cyclesOf, endsOf, type Flow, flowsOf, nameNode } from './flow.ts';

/**
 * A stage, pool or operator is on no arrow although others are.
 *
 * Once arrows are drawn they are all the ways that data takes. What no arrow reaches never gets any.
 *
 * ## Not so
 * ```moeplan
 * stage front  { layers = 0..1 }
 * stage middle { layers = 2..3 }
 * stage back   { layers = 4..5 }
 * front -> back
 * ```
 *
 * ## But so
 * ```moeplan
 * stage front  { layers = 0..1 }
 * stage middle { layers = 2..3 }
 * stage back   { layers = 4..5 }
 * front -> middle -> back
 * ```
 *
 * ## How to fix it
 * Draw the arrows to it and from it. Without any arrow stages follow each other as written.
 */
export const unreachableStage: Rule<PlanContext> = {
  name: 'unreachable-stage',
  family: 'graph',
  severity: 'error',
  summary: 'A stage, pool or operator that no arrow reaches.',
  check(context, report) {
    for (const flow of flowsOf(context)) {
      if (flow.arrows.length === 0 || mayLack(flow.holder, [flow.kind]) || cyclesOf(flow).length > 0) continue;
      const { alone, sources, sinks } = endsOf(flow);
      for (const name of alone) {
        const place = flow.nodes.get(name);
        const isEnd = !flow.blocks.has(name);
        // When data starts or ends at several places, that is the mistake, and another rule reports it.
        if (!place || (isEnd && (name === 'input' ? sources : sinks).length > 1)) continue;
        report({
          ...place,
          fixes: isEnd ? [] : inOrder(flow, name),
          message: isEnd
            ? `no arrow ${name === 'input' ? 'leaves `input`' : 'enters `output`'} of layer ${flow.holder.name ?? ''}: write where its ${name} ${name === 'input' ? 'goes' : 'comes from'}`
            : `${nameNode(flow, name)} is on no arrow, so nothing reaches it: write an arrow to it and from it`,
        });
      }
    }
  },
};

/** Puts a stage on the arrow between its written neighbours. Offers nothing when no arrow joins these. */
function inOrder({ kind, blocks, arrows }: Flow, name: string): Fix[] {
  const names = [...blocks.keys()];
  const at = names.indexOf(name);
  const arrow = arrows.find(({ from, to }) => from === names[at - 1] && to === names[at + 1]);
  if (kind !== 'stage' || !arrow) return [];
  const behind = arrow.span.start + arrow.from.length;
  return [
    fix(`Write \`${arrow.from} -> ${name} -> ${arrow.to}\``, arrow.uri, { start: behind, end: behind }, ` -> ${name}`),
  ];
}
