import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { figuresOf } from '../../server/src/cost/figures/figures.ts';
import { CATALOG } from '../catalog/catalog.ts';
import { assertMost } from '../support/propertyRuns.ts';
import { plansReader, type RandomPlan, randomPlan, textOf } from '../support/randomPlans.ts';

const ALL = [...CATALOG.values()].join('\n');

/** The text of a block of the catalogue. */
function blockOf(keyword: string, name: string): string {
  const start = ALL.indexOf(`\n${keyword} ${name} `) + 1;
  if (start === 0) throw new Error(`the catalogue has no ${keyword} ${name}`);
  let depth = 0;
  for (let at = start; at < ALL.length; at++) {
    if (ALL[at] === '{') depth++;
    if (ALL[at] === '}' && --depth === 0) return ALL.slice(start, at + 1);
  }
  throw new Error(`${keyword} ${name} is not closed`);
}

function gpuOf(node: string): string {
  const text = blockOf('node', node);
  const base = /^node \S+\s+extends\s+(\S+)/.exec(text)?.[1];
  return /gpu\s*= ([^\s,}]+)/.exec(text)?.[1] ?? (base === undefined ? '' : gpuOf(base));
}

/** A block of the catalogue under another name: copied out, or as one that extends it. */
function renamed(keyword: string, name: string, other: string, isCopy: boolean): string {
  return isCopy ? blockOf(keyword, name).replace(name, other) : `${keyword} ${other} extends ${name} { }`;
}

interface Renaming {
  readonly plan: RandomPlan;
  readonly gpu: string;
  readonly node: string;
  readonly model: string;
  readonly names: readonly [string, string, string];
  readonly isCopy: boolean;
}

/** Names that say something, and names that say something else. */
const words = fc.constantFrom('card', 'H100', 'A100-SXM', 'B200', 'GB300', 'H20', 'all', 'prefill', 'expert', 'x');

const renamings: fc.Arbitrary<Renaming> = fc
  .record({ plan: randomPlan, words: fc.tuple(words, words, words, words, words, words), isCopy: fc.boolean() })
  .map(({ plan, words: [gpu, node, model, ...names], isCopy }) => ({
    plan,
    gpu: `${gpu}-1`,
    node: `${node}-2`,
    model: `${model}-3`,
    names: [`${names[0]}-4`, `${names[1]}-5`, `${names[2]}-6`] as const,
    isCopy,
  }));

function textUnder({ plan, gpu, node, model, names, isCopy }: Renaming): string {
  const [cluster, workload, deployment] = names;
  return [
    renamed('gpu', gpuOf(plan.node), gpu, isCopy),
    `node ${node} extends ${plan.node} { gpu = ${gpu} }`,
    renamed('model', plan.model, model, false),
    textOf({ ...plan, node, model }, { cluster, workload, deployment }),
  ].join('\n');
}

describe('what something is called', () => {
  const read = plansReader();
  const figures = (text: string) => {
    const analysis = read(text);
    const [resolved] = analysis.plan.deployments;
    const evaluation = resolved && analysis.evaluationOf(resolved);
    return (
      evaluation && {
        figures: figuresOf(evaluation),
        memory: evaluation.memory.map(({ requestsThatFit }) => requestsThatFit),
      }
    );
  };

  test('changes no figure', () => {
    assertMost(
      renamings,
      (renaming) => {
        const before = figures(textOf(renaming.plan));
        expect(figures(textUnder(renaming))).toEqual(before);
        return before !== undefined;
      },
      { runs: 150 },
    );
  });

  test('also of a GPU that is written out beside its family', () => {
    const plan = (
      name: string,
    ) => `gpu ${name} { family = hopper, memory = 80 GiB, bandwidth = 3.35 TB/s, bf16 = 989 TFLOP/s, fp8 = 1979 TFLOP/s }
node eight { gpu = ${name}, gpus = 8, scale-up = 450 GB/s }
cluster one { node = eight }
workload chat { input = 1000 tokens, output = 1000 tokens, concurrency = 64 }
deployment plan { model = Llama-3.1-8B, cluster = one, workload = chat, engine { name = vllm } }
`;
    const one = figures(plan('H100'));
    expect(one?.figures.throughput?.value).toBeGreaterThan(0);
    expect(figures(plan('card'))).toEqual(one);
    // Without its family too: the nearest stands in, whatever the name.
    const bare = (name: string) => plan(name).replace('family = hopper, ', '');
    expect(figures(bare('H100'))).toEqual(figures(bare('card')));
  });
});
