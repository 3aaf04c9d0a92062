import { Scorer } from '../../cost/score.ts';
import type { Diagnostic, Fix } from '../../language/diagnostic.ts';
import type { Entity } from '../../language/entity.ts';
import { edit } from '../../language/rules/run.ts';
import type { Cluster } from '../../plan/cluster.ts';
import { resolveNode } from '../../plan/resolve/cluster.ts';
import { childrenOf, numberOf, targetOf } from '../../plan/values.ts';
import type { Analysis } from '../analysis.ts';
import { nameItems } from '../completion/names.ts';
import { leadsTo } from '../fit.ts';
import { placeAt } from '../place.ts';
import { subjectOf } from '../subject.ts';
import { withSpec } from '../variants.ts';

/** A longer list of fixes does not help. */
const MOST_FIXES = 2;
/** Plans with more GPUs are not tried, because each trial makes a new layout. */
const MOST_GPUS = 1_024;

/**
 * Machines of the same GPUs in place of loose ones, as many as hold all of them. Each was tried and fits; its title says what it
 * leads to. Other deployments of the cluster get the links too.
 */
export function nodeFixes(analysis: Analysis, { span }: Diagnostic): readonly Fix[] {
  const place = placeAt(analysis, span.start);
  const resolved = place && subjectOf(analysis, place.blocks)?.resolved;
  const cluster = resolved && targetOf(resolved.entity, 'cluster');
  const loose = cluster && looseIn(cluster, analysis.uri);
  if (!resolved || !loose || loose.count > MOST_GPUS) return [];
  const scorer = new Scorer();
  const pools = resolved.sources.map((_, index) => index);
  const fixes: Fix[] = [];
  for (const node of nodesOf(analysis, loose.gpu)) {
    const machine = resolveNode(node);
    if (!machine || loose.count % machine.gpus !== 0 || fixes.length >= MOST_FIXES) continue;
    const count = loose.count / machine.gpus;
    const linked = (before: Cluster): Cluster => ({
      ...before,
      groups: before.groups.map((group) => ({ ...group, node: machine, count })),
      nodeCount: count,
    });
    const spec = withSpec(resolved, (written) => ({ ...written, cluster: linked(written.cluster) }));
    const outcome = spec && leadsTo(scorer, spec, pools);
    if (outcome?.throughput === undefined) continue;
    const { gpuNode, countNode } = loose;
    fixes.push({
      title: `Write \`node = ${machine.name}${count > 1 ? `, count = ${count}` : ''}\` into cluster ${cluster.name ?? ''}: ${outcome.text}`,
      edits: [
        edit(analysis.uri, gpuNode.span, `node = ${machine.name}`),
        edit(analysis.uri, countNode.value.span, String(count)),
      ],
      preferred: false,
    });
  }
  return fixes;
}

/** The loose GPUs of a cluster that this file writes by itself. */
function looseIn(cluster: Entity, uri: string) {
  const [gpuNode, countNode] = ['gpu', 'count'].map((name) => {
    const property = cluster.properties.get(name);
    return property && cluster.node.items.includes(property.node) ? property.node : undefined;
  });
  const gpu = targetOf(cluster, 'gpu');
  const count = numberOf(cluster, 'count');
  if (cluster.uri !== uri || childrenOf(cluster, 'group').length > 0) return undefined;
  return gpu && gpuNode && countNode && count !== undefined ? { gpu, gpuNode, countNode, count } : undefined;
}

/** Nodes that hold this GPU, in the order in which completion offers them. */
function nodesOf(analysis: Analysis, gpu: Entity): readonly Entity[] {
  const ordered = nameItems(analysis, 'node').toSorted((left, right) => left.order - right.order);
  return ordered.flatMap(({ label }) => {
    const node = analysis.program.lookup('node', label);
    return node && targetOf(node, 'gpu') === gpu ? [node] : [];
  });
}
