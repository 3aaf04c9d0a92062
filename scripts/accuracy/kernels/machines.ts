import { join } from 'node:path';
import { type Hardware, hardwareOf } from '../../../server/src/cost/hardware.ts';
import { NodeSources } from '../../../server/src/host/nodeSources.ts';
import { analyse } from '../../../server/src/language/program.ts';
import type { Cluster, Gpu, Node } from '../../../server/src/plan/cluster.ts';
import type { EngineName } from '../../../server/src/plan/deployment.ts';
import { clusterOf } from '../../../server/src/plan/resolve/plan.ts';
import { GPUS, gpuNamed } from '../names.ts';

const URI = 'untitled:machines';
const TEXT = GPUS.flatMap(({ node }) => (node === undefined ? [] : `cluster ${node}-alone { node = ${node} }`)).join(
  '\n',
);
const sources = new NodeSources(join(import.meta.dirname, '../../../server/src/catalog'), (uri) =>
  uri === URI ? TEXT : undefined,
);
const program = analyse(URI, sources);
const clusters = new Map<string, Cluster | undefined>();

/** The catalogue's node for a published GPU name (`8x H200 (1 node)`, `H100 SXM5`, `GB200/B200`), or nothing. */
export function nodeOf(gpu: string): Node | undefined {
  const found = gpuNamed(gpu)?.node;
  if (found === undefined) return undefined;
  if (!clusters.has(found)) {
    const entity = program.lookup('cluster', `${found}-alone`);
    clusters.set(found, entity && clusterOf(entity));
  }
  return clusters.get(found)?.groups[0]?.node;
}

export function gpuOf(gpu: string): Gpu | undefined {
  return nodeOf(gpu)?.gpu;
}

const hardware = new Map<string, Hardware>();

export function hardwareFor(gpu: Gpu, engine: EngineName): Hardware {
  const key = `${gpu.name} ${engine}`;
  const known = hardware.get(key) ?? hardwareOf(gpu, engine);
  hardware.set(key, known);
  return known;
}
