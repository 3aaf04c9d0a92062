import { join } from 'node:path';
import { type Hardware, hardwareOf } from '../../../server/src/cost/hardware.ts';
import { NodeSources } from '../../../server/src/host/nodeSources.ts';
import { analyse } from '../../../server/src/language/program.ts';
import type { Cluster, Gpu, Node } from '../../../server/src/plan/cluster.ts';
import type { EngineName } from '../../../server/src/plan/deployment.ts';
import { clusterOf } from '../../../server/src/plan/resolve.ts';

/** Nodes of the catalogue by the word of a GPU's published name that tells it: the more exact word first. */
const NODES: readonly (readonly [RegExp, string])[] = [
  [/A100.*40/i, 'DGX-A100-40'],
  [/A100/i, 'DGX-A100'],
  [/H100.*PCIE/i, 'H100-PCIe-8'],
  [/H100.*NVL/i, 'H100-NVL-2'],
  [/H100/i, 'DGX-H100'],
  [/G?H200/i, 'DGX-H200'],
  [/H800/i, 'H800x8'],
  [/H20(?!\d)/i, 'H20x8'],
  [/GB300/i, 'GB300-NVL72'],
  [/GB200/i, 'GB200-NVL72'],
  [/B300/i, 'DGX-B300'],
  [/B200/i, 'DGX-B200'],
  [/L40S/i, 'L40S-8'],
  [/RTX.?PRO.?6000/i, 'RTX-PRO-6000-8'],
  [/MI300/i, 'MI300X-8'],
  [/MI325/i, 'MI325X-8'],
  [/MI355|MI350/i, 'MI355X-8'],
];

/** Some GPUs have no node of their own: GH200 is an H200 to us. */
const URI = 'untitled:machines';
const TEXT = NODES.map(([, node]) => `cluster ${node}-alone { node = ${node} }`).join('\n');
const sources = new NodeSources(join(import.meta.dirname, '../../../server/src/catalog'), (uri) =>
  uri === URI ? TEXT : undefined,
);
const program = analyse(URI, sources);
const clusters = new Map<string, Cluster | undefined>();

/** The catalogue's node for a published GPU name (`8x H200 (1 node)`, `H100 SXM5`, `GB200/B200`), or nothing. */
export function nodeOf(gpu: string): Node | undefined {
  const found = NODES.find(([word]) => word.test(gpu))?.[1];
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
