import type { Json } from '../../engines/launch.ts';
import type { Deployment } from '../../plan/deployment.ts';
import type { LaunchedPool } from './plan.ts';

/** A file of a launch. Its name has no folder. */
export interface WrittenFile {
  readonly name: string;
  readonly text: string;
}

/**
 * Scripts that start a deployment: one for each pool, or for each machine of a pool whose instances take several. What only the user
 * knows stands as a variable that the script asks for.
 */
export function shellFiles(
  deployment: Deployment,
  pools: readonly LaunchedPool[],
  model: string,
): readonly WrittenFile[] {
  return pools.flatMap((launched) => filesOf(deployment, launched, model));
}

function filesOf(deployment: Deployment, launched: LaunchedPool, model: string): readonly WrittenFile[] {
  const { pool, launch, writing } = launched;
  const perInstance = pool.gpus.length / pool.replicas;
  const size = nodeSize(deployment);
  const nodes = Math.max(1, Math.ceil(perInstance / size));
  const name = pool.name === '' ? deployment.name : pool.name;
  const files: WrittenFile[] = [];
  for (let node = 0; node < nodes; node++) {
    const host = {
      name,
      node,
      nodes,
      gpusPerNode: Math.min(size, perInstance),
      gpus: perInstance,
      parallel: pool.parallel,
    };
    const { words, overrides, file } = launch.start(model, writing, host);
    const notes = heading(deployment, launched, node, nodes).map((line) => `# ${line}`);
    if (overrides) return [{ name: `${name}.overrides`, text: `${[...notes, ...overrides].join('\n')}\n` }];
    const lines = [
      '#!/bin/bash',
      ...notes,
      'set -euo pipefail',
      ...(words.some((word) => word.includes('$LEADER')) ? [': "${LEADER:?address of the first machine}"'] : []),
      ...(nodes === 1 && perInstance < size
        ? [`export CUDA_VISIBLE_DEVICES=${visible(pool.gpus, perInstance, size)}`]
        : []),
      ...[...writing.environment].map(([variable, value]) => `export ${variable}=${quoted(value)}`),
      commandLine(words),
    ];
    files.push({ name: nodes === 1 ? `${name}.sh` : `${name}-node${node}.sh`, text: `${lines.join('\n')}\n` });
    if (file && node === 0) files.push({ name: file.name, text: yamlText(file.content) });
  }
  return files;
}

function heading(
  deployment: Deployment,
  { pool, title, stored, derived }: LaunchedPool,
  node: number,
  nodes: number,
): readonly string[] {
  const version =
    pool.engine.version === undefined ? 'the newest release that moeplan knows' : `release ${pool.engine.version}`;
  return [
    `${deployment.name}${pool.name === deployment.name ? '' : `, pool ${pool.name}`}: ${deployment.model.name} on ${pool.gpus.length} x ${gpuName(deployment)}, written for ${title}, ${version}.`,
    ...(nodes > 1 ? [`Machine ${node + 1} of ${nodes} of an instance; set LEADER to the address of the first.`] : []),
    ...(pool.replicas > 1 ? [`Start it ${pool.replicas} times: each is one of the pool's replicas.`] : []),
    ...(stored === '' ? [] : [`The checkpoint has to be stored in ${stored}.`]),
    ...derived.map((line) => `Derived: ${line}.`),
    'Yours to add: addresses and ports, paths of the model and caches, container images, logs.',
  ];
}

/** GPUs of the first machine of the cluster, by which instances are spread. */
function nodeSize({ cluster }: Deployment): number {
  return cluster.groups[0]?.node.gpus ?? 8;
}

function gpuName({ cluster }: Deployment): string {
  return cluster.groups[0]?.node.gpu.name ?? 'GPU';
}

/** Indexes within its machine of the GPUs of the first instance. */
function visible(gpus: readonly number[], count: number, size: number): string {
  return gpus
    .slice(0, count)
    .map((gpu) => gpu % size)
    .join(',');
}

/** A command with a flag and its values in each line. */
function commandLine(words: readonly string[]): string {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || (word.startsWith('--') && lines.length > 0) || /^[\w.]+=/.test(word))
      lines.push(quoted(word));
    else lines[lines.length - 1] = `${last} ${quoted(word)}`;
  }
  return lines.join(' \\\n  ');
}

/** A word of a shell; variables stay variables. */
function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (/^\$LEADER(?::\d+)?$/.test(word)) return `"${word}"`;
  return `'${word.replace(/'/g, "'\\''")}'`;
}

/** A mapping as YAML: JSON is YAML, and every parser reads it. Keys of the first level have a line each. */
function yamlText(content: Json): string {
  if (typeof content !== 'object' || content === null) return `${JSON.stringify(content)}\n`;
  return Object.entries(content)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');
}
