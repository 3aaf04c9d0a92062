import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What engineers bring, where they write it; under each what is said, what the first fix makes of it, and what is left then. */
export const PHRASES = join(import.meta.dirname, '../fixtures/words/phrases.txt');

/** Plans with a hole; all else in them is right. */
const PLACES: Readonly<Record<string, string>> = {
  file: '$\n',
  model: 'model m {\n  layers = 4, hidden = 4096\n  $\n}\n',
  attention: 'model m {\n  layers = 4, hidden = 4096\n  attention {\n    $\n  }\n}\n',
  experts: 'model m {\n  layers = 4, hidden = 4096\n  experts {\n    count = 8, top-k = 2, ffn = 64\n    $\n  }\n}\n',
  gpu: 'gpu g {\n  memory = 80 GiB, bandwidth = 3 TB/s, bf16 = 900 TFLOP/s\n  $\n}\n',
  'bare gpu': 'gpu g {\n  $\n}\n',
  node: 'node n {\n  gpu = H100-SXM, gpus = 8, scale-up = 450 GB/s\n  $\n}\n',
  cluster: 'cluster c {\n  node = DGX-H100\n  $\n}\n',
  'bare cluster': 'cluster c {\n  $\n}\n',
  workload: 'workload w {\n  $\n}\n',
  types: 'model m {\n  layers = 4, hidden = 4096\n  types {\n    $\n  }\n}\n',
  deployment: deployment('$'),
  parallel: deployment('parallel {\n    dp = 1\n    $\n  }'),
  engine: deployment('engine {\n    name = vllm\n    $\n  }'),
  expect: deployment('expect {\n    $\n  }'),
  pool: deployment('pool all {\n    $\n  }'),
  'deployment with blocks': deployment('parallel { dp = 1 }\n  engine { name = vllm }\n  $'),
  'model of a deployment':
    'cluster c { node = DGX-H100 }\nworkload w { input = 10 tokens, concurrency = 1 }\ndeployment d {\n  model = $, cluster = c, workload = w\n}\n',
  'cluster of a deployment':
    'workload w { input = 10 tokens, concurrency = 1 }\ndeployment d {\n  model = Qwen3-8B, cluster = $, workload = w\n}\n',
};

export function deployment(inside: string): string {
  return `cluster c { node = DGX-H100 }\nworkload w { input = 10 tokens, concurrency = 1 }\ndeployment d {\n  model = Qwen3-8B, cluster = c, workload = w\n  ${inside}\n}\n`;
}

/** Each phrase with the place that it is written at. */
export const phrases = readFileSync(PHRASES, 'utf8')
  .split('\n')
  .filter((line) => line !== '' && !line.startsWith(' ') && !line.startsWith('#'))
  .map((line) => {
    const at = line.indexOf(': ');
    return { place: line.slice(0, at), phrase: line.slice(at + 2) };
  });

/** A plan with the phrase in the hole of its place. */
export function planWith(place: string, phrase: string): string {
  const frame = PLACES[place];
  if (frame === undefined) throw new Error(`no place ${place}`);
  return frame.replace('$', () => phrase);
}
