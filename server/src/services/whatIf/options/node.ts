import type { Node } from '../../../plan/cluster.ts';
import { resolveNode } from '../../../plan/resolve/cluster.ts';
import { childrenOf, targetOf } from '../../../plan/values.ts';
import { nameItems } from '../../completion/names.ts';
import type { OptionPlace, OptionSet } from './option.ts';

const NAME = 'node';

/** Machines with as many GPUs each, in place of those of the cluster. One name for machines that are alike. */
export function nodeOptions({ analysis, resolved, draft }: OptionPlace): readonly OptionSet[] {
  const cluster = targetOf(resolved.entity, 'cluster');
  const [group, ...others] = draft.cluster.groups;
  const written = cluster && targetOf(cluster, 'node');
  if (!cluster || !group || others.length > 0 || !written?.name || childrenOf(cluster, 'group').length > 0) return [];
  const known = new Set([factsOf(group.node)]);
  const names = nameItems(analysis, 'node')
    .toSorted((left, right) => left.order - right.order)
    .flatMap(({ label }) => {
      const node = resolveNode(analysis.program.lookup('node', label));
      if (!node || node.gpus !== group.node.gpus || known.has(factsOf(node))) return [];
      known.add(factsOf(node));
      return [label];
    });
  if (names.length === 0) return [];
  const choices = [written.name, ...names];
  return [
    {
      options: [{ name: NAME, label: 'machines', group: '', written: written.name, choices }],
      settings: (tried) => {
        const name = tried.get(NAME);
        const target = name === undefined ? undefined : analysis.program.lookup('node', name);
        if (name === undefined || !target) return [];
        return [{ block: 'cluster', path: [], property: 'node', value: { name, target } }];
      },
    },
  ];
}

/** What of a machine the prediction depends on. */
function factsOf({ name: _, ...node }: Node): string {
  return JSON.stringify(node);
}
