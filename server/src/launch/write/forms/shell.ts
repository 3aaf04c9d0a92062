import { yamlText } from '../../../text/yaml.ts';
import { commandLine, quoted } from '../command.ts';
import { type FormPlace, headingOf, nodeSize, spreadOf, type WrittenFile, type WrittenForm } from '../form.ts';
import type { LaunchedPool } from '../plan.ts';

/**
 * Scripts: one for each pool, or for each machine of a pool whose instances take several. What only the user knows stands as a variable
 * that the script asks for.
 */
export const shell: WrittenForm = {
  title: 'scripts of a shell, one for each machine',
  write: (place) => ({ files: place.pools.flatMap((launched) => filesOf(place, launched)) }),
};

const YOURS = 'addresses and ports, paths of the model and caches, container images, logs';

function filesOf({ deployment, model }: FormPlace, launched: LaunchedPool): readonly WrittenFile[] {
  const { pool, launch, writing } = launched;
  const { perInstance, nodes } = spreadOf(deployment, launched);
  const size = nodeSize(deployment);
  const name = pool.name === '' ? deployment.name : pool.name;
  const files: WrittenFile[] = [];
  for (let node = 0; node < nodes; node++) {
    const gpusPerNode = Math.min(size, perInstance);
    const host = { name, node, nodes, gpusPerNode, gpus: perInstance, parallel: pool.parallel };
    const { words, overrides, file } = launch.start(model, writing, host);
    const notes = headingOf(deployment, [launched], YOURS, [
      ...(nodes > 1 ? [`Machine ${node + 1} of ${nodes} of an instance; set LEADER to the address of the first.`] : []),
      ...(pool.replicas > 1 ? [`Start it ${pool.replicas} times: each is one of the pool's replicas.`] : []),
    ]).map((line) => `# ${line}`);
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

/** Indexes within its machine of the GPUs of the first instance. */
function visible(gpus: readonly number[], count: number, size: number): string {
  return gpus
    .slice(0, count)
    .map((gpu) => gpu % size)
    .join(',');
}
