import { largePlan } from './largePlan.ts';

/** What people have open when they type: each is a text and the place in it where a digit is typed and taken out again. */
export interface Typed {
  readonly text: string;
  /** Offset behind the digits that are changed. */
  readonly at: number;
}

function behind(text: string, piece: string, from = 0): Typed {
  const at = text.indexOf(piece, from);
  if (at < 0) throw new Error(`no "${piece}" in the text`);
  return { text, at: at + piece.length };
}

/** Plans of a page each, typed in half way down. */
export function inTheMiddle(lines: number): Typed {
  const text = largePlan(lines);
  return behind(text, 'hidden = 204', Math.floor(text.length / 2));
}

/** Ten deployments of DeepSeek-V3 with two pools each, of one workload that is typed in, among other plans. */
export function tenOfDeepSeek(lines: number): Typed {
  const deployments = Array.from({ length: 10 }, (_, index) => {
    const half = index % 2 === 0 ? 16 : 32;
    return `cluster racks-${index} { node = H800x8, count = ${half / 4} }

deployment served-${index} {
  model = DeepSeek-V3, cluster = racks-${index}, workload = chat
  pool prefill {
    gpus = 0..${half - 1}
    parallel { tp = 4, dp = ${half / 4}, ep = ${half} }
    engine { name = sglang, all-to-all = deepep-normal, chunk = ${4_096 + 256 * index} tokens, two-batch-overlap = true }
  }
  pool decode {
    gpus = ${half}..${2 * half - 1}
    parallel { dp = ${half}, ep = ${half} }
    engine { name = sglang, all-to-all = deepep-low-latency, dispatch-tokens = ${64 + 16 * index} tokens }
  }
  prefill -> decode
}
`;
  });
  const workload = 'workload chat { input = 4_000 tokens, output = 1_000 tokens, concurrency = 256 }\n\n';
  const own = workload + deployments.join('\n');
  return behind(`${own}\n${largePlan(lines - own.split('\n').length)}`, 'concurrency = 25');
}

/** One finding in about eight lines: degrees that divide nothing, claims that fail, names that are not there. */
export function withFindings(lines: number): Typed {
  const text = largePlan(lines)
    .replaceAll('tp = 4, pp = 2, ep = 8', 'tp = 3, pp = 2, ep = 8')
    .replaceAll('weights = bf16', 'weights = bf17')
    .replaceAll('node  = DGX-H100\n', 'node  = DGX-H100\n  nodes = 2\n')
    .replaceAll('  length    = 1_000 tokens', '  length    = 1_000 GB');
  return behind(text, 'hidden = 204', Math.floor(text.length / 2));
}

/** A text that imports other files, and uses a model of each. */
export function withImports(lines: number, files: readonly string[]): Typed {
  const imports = files.map((file) => `import "./${file}"\n`).join('');
  return behind(imports + largePlan(lines - files.length), 'hidden = 204');
}
