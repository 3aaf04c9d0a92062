/** Wording for GPUs, layers and names in a sentence. */

/** `1, 2, 4 or 8`. */
export function alternatives(values: readonly (number | string)[]): string {
  if (values.length <= 1) return values.join('');
  return `${values.slice(0, -1).join(', ')} or ${values.at(-1)}`;
}

/** `a, b and c`, or only the first few when there are many. */
export function enumerateNames(names: readonly string[]): string {
  const most = 6;
  if (names.length > most) return `${names.slice(0, most).join(', ')} and ${names.length - most} more`;
  return names.length <= 1 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** `GPU 3`, `GPUs 0..7`, `layers 0..2, 5`: runs are joined, and only the first few are named when there are many. */
export function nameIndexes(noun: string, indexes: readonly number[]): string {
  const runs = writeIndexes(indexes);
  const most = 4;
  const shown = runs.length > most ? `${runs.slice(0, most).join(', ')} and more` : runs.join(', ');
  return `${noun}${indexes.length === 1 ? '' : 's'} ${shown}`;
}

/** Indexes as runs: `0..7`, `9`. */
export function writeIndexes(indexes: readonly number[]): string[] {
  const sorted = [...new Set(indexes)].sort((a, b) => a - b);
  const runs: [number, number][] = [];
  for (const index of sorted) {
    const run = runs.at(-1);
    if (run && run[1] === index - 1) run[1] = index;
    else runs.push([index, index]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}..${to}`));
}

/** `GPU 3`, `GPUs 0..7`, or `GPUs 0, 2, 5` followed by how many more. */
export function nameGpus(gpus: readonly number[]): string {
  const [first = 0] = gpus;
  if (gpus.length === 1) return `GPU ${first}`;
  const last = gpus.at(-1) ?? first;
  if (last - first === gpus.length - 1) return `GPUs ${first}..${last}`;
  const shown = gpus.slice(0, 4).join(', ');
  return gpus.length > 4 ? `GPUs ${shown} and ${gpus.length - 4} more` : `GPUs ${shown}`;
}

/** `GPU 3 holds`, `GPUs 0..7 hold`. */
export function gpusDo(gpus: readonly number[], singular: string, plural: string): string {
  return `${nameGpus(gpus)} ${gpus.length === 1 ? singular : plural}`;
}

/** `0..1`, or the first few. */
export function nameLayers(layers: readonly number[]): string {
  const first = layers[0] ?? 0;
  const last = layers.at(-1) ?? first;
  if (layers.length > 1 && last - first === layers.length - 1) return `${first}..${last}`;
  return layers.length > 6 ? `${layers.slice(0, 6).join(', ')} and ${layers.length - 6} more` : layers.join(', ');
}
