import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { figuresOf } from '../../server/src/cost/figures/figures.ts';
import { parseSource } from '../../server/src/language/source.ts';
import { type Analysis, analyseDocument, deploymentNamed } from '../../server/src/services/analysis.ts';
import { applyEdits, lineEdits } from '../../server/src/services/edits.ts';
import { format } from '../../server/src/services/format/format.ts';
import { isToPage } from '../../server/src/services/preview/messages.ts';
import { whatIf } from '../../server/src/services/whatIf/answer.ts';
import { writeWhatIf } from '../../server/src/services/whatIf/write.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { projectRoot } from '../support/dist.ts';

const MAIN = 'file:///workspace/main.moeplan';

function analysed(text: string, others: Readonly<Record<string, string>> = {}): Analysis {
  const files = new Map([
    [MAIN, text],
    ...Object.entries(others).map(([name, of]) => [`file:///workspace/${name}`, of] as const),
  ]);
  return analyseDocument(MAIN, catalogSources(files));
}

function example(name: string): string {
  return readFileSync(join(projectRoot, 'examples', `${name}.moeplan`), 'utf8');
}

const MODEL = `model small {
  layers = 4, hidden = 1024, weights = bf16
  attention { heads = 8, head-size = 128 }
  experts { count = 16, top-k = 2, ffn = 4096 }
}
`;

const TRAINING = `${MODEL}
cluster racks { node = DGX-H100, count = 2 }
workload pretraining { global-batch = 64, length = 4_096 tokens }
deployment plan {
  model = small, cluster = racks, workload = pretraining
  parallel { tp = 2, dp = 8, ep = 8, edp = 2, micro-batches = 8 }
}
`;

const RATE = `${MODEL}
cluster one { node = DGX-H100 }
workload open { input = 500 tokens, output = 100 tokens, request-rate = 2 requests/s }
deployment plan {
  model = small, cluster = one, workload = open
  parallel { ep = 8 }
}
`;

const CONSTANT = `let batch = 32
${MODEL}
cluster one { node = DGX-H100 }
workload few { sequences = batch, length = 128 tokens } // few
deployment plan { model = small, cluster = one, workload = few, parallel { ep = 8 } }
`;

const INHERITED = `${MODEL}
cluster one { node = DGX-H100, count = 2 }
workload base-work { sequences = 64, length = 2_000 tokens }
workload work extends base-work { }
deployment base {
  model = small, cluster = one, workload = base-work
  parallel { dp = 16, ep = 16 }
}
deployment plan extends base {
  workload = work
}
`;

const SHARED_LIBRARY = `${MODEL}
cluster racks { node = DGX-H100, count = 2 }
workload chat { input = 500 tokens, output = 100 tokens, concurrency = 64 }
deployment base {
  model = small, cluster = racks, workload = chat
  parallel { ep = 16 }
}
`;

const IMPORTED = `import "./library.moeplan"

deployment plan extends base {
  balance = none
}
`;

const CRLF = RATE.replaceAll('\n', '\r\n');

interface Case {
  readonly name: string;
  readonly text: string;
  readonly deployment: string;
  readonly changes: Readonly<Record<string, number | string>>;
  readonly others?: Readonly<Record<string, string>>;
}

const CASES: readonly Case[] = [
  {
    name: 'a workload and a cluster that others use',
    text: example('deployment-analysis'),
    deployment: 'proposed',
    changes: { sequences: 256, length: 5_000, gpus: 32 },
  },
  {
    name: 'stages with ranges of GPUs',
    text: example('deployment-analysis'),
    deployment: 'baseline-whole',
    changes: { gpus: 32 },
  },
  {
    name: 'pools with degrees of their own',
    text: example('deepseek-v3-h800'),
    deployment: 'deepseek-v3-32',
    changes: { input: 8_000, output: 500, concurrency: 512, gpus: 64 },
  },
  {
    name: 'training with stated degrees',
    text: TRAINING,
    deployment: 'plan',
    changes: { 'global-batch': 256, length: 2_048, gpus: 32 },
  },
  { name: 'a rate of requests', text: RATE, deployment: 'plan', changes: { 'request-rate': 3.5 } },
  { name: 'a constant in place of a number', text: CONSTANT, deployment: 'plan', changes: { sequences: 48 } },
  { name: 'what a base says', text: INHERITED, deployment: 'plan', changes: { sequences: 128, gpus: 32 } },
  {
    name: 'what another file says',
    text: IMPORTED,
    deployment: 'plan',
    changes: { concurrency: 128, gpus: 32 },
    others: { 'library.moeplan': SHARED_LIBRARY },
  },
  {
    name: 'degrees, of which written ones follow',
    text: TRAINING,
    deployment: 'plan',
    changes: { tp: '4', ep: '4', etp: '2' },
  },
  {
    name: 'degrees and all-to-all of one pool, with the number of GPUs',
    text: example('deepseek-v3-h800'),
    deployment: 'deepseek-v3-32',
    changes: { gpus: 64, 'prefill.tp': '2', 'decode.two-batch-overlap': 'true' },
  },
  {
    name: 'engine, types and machines, in blocks that are not there yet',
    text: RATE,
    deployment: 'plan',
    changes: { engine: 'vllm', 'kv-type': 'fp8', 'experts-type': 'fp8', node: 'DGX-H200' },
  },
  {
    name: 'machines that others use too',
    text: example('deployment-analysis'),
    deployment: 'proposed',
    changes: { node: 'DGX-H200', tp: '2' },
  },
  { name: 'lines that end in CR LF', text: CRLF, deployment: 'plan', changes: { input: 1_000 } },
];

function figures(analysis: Analysis, name: string) {
  const resolved = deploymentNamed(analysis, name);
  const evaluation = resolved && analysis.evaluationOf(resolved);
  return evaluation && figuresOf(evaluation);
}

describe.each(CASES)('a what-if of $name', ({ text, deployment, changes, others }) => {
  const analysis = analysed(text, others);
  const answer = whatIf(analysis, deployment, changes);
  const written = writeWhatIf(analysis, deployment, changes);
  const edits = 'edits' in written ? written.edits : [];
  const after = applyEdits(text, edits);

  test('changes figures, and is a message that the page accepts', () => {
    expect(answer?.invalid).toBeUndefined();
    expect(answer?.rows?.some(({ verdict }) => verdict !== 'same')).toBe(true);
    expect(isToPage(JSON.parse(JSON.stringify({ type: 'whatIf', sequence: 1, answer })))).toBe(true);
  });

  test('leaves the text and its prediction alone', () => {
    expect(figures(analysis, deployment)).toEqual(figures(analysed(text, others), deployment));
  });

  test('written into the plan predicts exactly the same', () => {
    expect('refused' in written ? written.refused : '').toBe('');
    const again = analysed(after, others);
    expect(again.program.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
    const back = whatIf(again, deployment, {});
    expect(back?.before).toEqual(answer?.after);
    const now = [...(back?.knobs ?? []), ...(back?.options ?? [])].map(({ name, written: value }) => [name, value]);
    expect(Object.fromEntries(now)).toMatchObject(changes);
    // To the last bit: the same figures as the changed entities gave.
    const shown = back?.rows?.map(({ label, before }) => [label, before]);
    expect(shown).toEqual(answer?.rows?.map((row) => [row.label, row.after]).filter(([, value]) => value !== '-'));
  });

  test('changes no other deployment of the file', () => {
    const again = analysed(after, others);
    for (const { name } of analysis.plan.deployments) {
      if (name !== deployment) expect(figures(again, name), name).toEqual(figures(analysis, name));
    }
  });

  test('is written in the usual form, and no line that stays is touched', () => {
    if (format(parseSource(MAIN, text)).length > 0) return;
    expect(format(parseSource(MAIN, after))).toEqual([]);
    for (const { span, text: put } of edits) expect(put).not.toBe(text.slice(span.start, span.end));
  });
});

test('the edit of an unshared workload is the number alone', () => {
  const text = example('deepseek-v3-h800');
  const written = writeWhatIf(analysed(text), 'deepseek-v3-32', { concurrency: 300 });
  expect('edits' in written && applyEdits(text, written.edits)).toBe(
    text.replace('concurrency  = 256', 'concurrency  = 300'),
  );
  expect('lines' in written && written.lines).toEqual(['concurrency = 300 in workload chat']);
});

test('what other deployments use is left to them: the deployment gets one of its own', () => {
  const text = example('deployment-analysis');
  const written = writeWhatIf(analysed(text), 'proposed', { sequences: 256 });
  const after = 'edits' in written ? applyEdits(text, written.edits) : '';
  expect(after).toContain('workload proposed-workload extends long-batch {\n  sequences = 256\n}\n');
  expect(after).toContain('model = moe-4l, cluster = two-nodes, workload = proposed-workload');
  expect(after.match(/workload = long-batch/g)).toHaveLength(2);
  // A second time the name is taken.
  const twice = writeWhatIf(
    analysed(after.replace('workload = proposed-workload', 'workload = long-batch')),
    'proposed',
    { sequences: 64 },
  );
  expect('lines' in twice && twice.lines[0]).toContain('proposed-workload-2');
});

test('what a base says is overridden in the block that extends it', () => {
  const written = writeWhatIf(analysed(IMPORTED, { 'library.moeplan': SHARED_LIBRARY }), 'plan', { concurrency: 128 });
  const after = 'edits' in written ? applyEdits(IMPORTED, written.edits) : '';
  expect(after).toContain('workload plan-workload extends chat {');
  expect(after).toMatch(/deployment plan extends base \{\n {2}balance {2}= none\n {2}workload = plan-workload\n\}/);
});

test('what extends the deployment changes with it, and that is said', () => {
  const written = writeWhatIf(analysed(INHERITED), 'base', { gpus: 32 });
  expect('lines' in written && written.lines.at(-1)).toBe('what extends base changes with it: plan');
});

test('a block of a file that is not imported here has no name: that is refused with the reason', () => {
  const middle = 'import "./library.moeplan"\n\ndeployment middle extends base { }\n';
  const text = 'import "./middle.moeplan"\n\ndeployment plan extends middle { }\n';
  const analysis = analysed(text, { 'library.moeplan': SHARED_LIBRARY, 'middle.moeplan': middle });
  const written = writeWhatIf(analysis, 'plan', { concurrency: 128 });
  expect('refused' in written && written.refused).toContain('workload chat is written in another file');
  // What the reader can try is not what can be written.
  const answer = whatIf(analysis, 'plan', { concurrency: 128 });
  expect(answer?.rows?.length).toBeGreaterThan(0);
  expect(answer?.writes).toEqual(written);
});

describe('a combination that cannot be', () => {
  test.each([
    [example('deployment-analysis'), 'baseline-whole', { gpus: 24 }, /each stage has 12 GPUs.*use tp = 1, 2 or 4/],
    [example('deepseek-v3-h800'), 'deepseek-v3-32', { gpus: 16 }, /8 GPUs.*ep 16/],
    [example('deepseek-v3-h800'), 'deepseek-v3-32', { gpus: 33 }, /do not divide `gpus = 0\.\.15`/],
    [example('deployment-analysis'), 'proposed', { sequences: 0 }, /`sequences` must be a whole number of at least 1/],
    [example('deployment-analysis'), 'proposed', { length: 2.5 }, /`length` must be a whole number/],
    [example('deployment-analysis'), 'proposed', { gpus: 20 }, /no whole number of nodes of 8 GPUs/],
    [TRAINING, 'plan', { 'global-batch': 65 }, /65/],
  ])('%#: is answered with what is wrong, and cannot be written', (text, deployment, changes, message) => {
    const analysis = analysed(text);
    const answer = whatIf(analysis, deployment, changes);
    expect(answer?.invalid).toMatch(message);
    expect(answer?.rows).toBeUndefined();
    expect(answer?.after).toBeUndefined();
    const written = writeWhatIf(analysis, deployment, changes);
    expect('refused' in written && written.refused).toBe(answer?.invalid);
  });
});

test('memory that does not fit is told with the finding that it would be', () => {
  const answer = whatIf(analysed(example('deployment-analysis')), 'baseline-whole', { sequences: 256 });
  expect([answer?.before?.fits, answer?.after?.fits]).toEqual([true, false]);
  expect(answer?.findings?.map(({ rule }) => rule)).toContain('memory-over-capacity');
});

test('nothing changed finds nothing new and writes nothing', () => {
  const answer = whatIf(analysed(example('deployment-analysis')), 'baseline-whole', {});
  expect(answer?.findings).toEqual([]);
  expect(answer?.writes).toBeUndefined();
  expect(answer?.rows?.every(({ verdict, before, after }) => verdict === 'same' && before === after)).toBe(true);
});

test('every place of the slider for GPUs can be computed, and only those', () => {
  for (const [name, deployment] of [
    ['deployment-analysis', 'proposed'],
    ['deployment-analysis', 'baseline-split'],
    ['deepseek-v3-h800', 'deepseek-v3-32'],
  ] as const) {
    const analysis = analysed(example(name));
    const gpus = whatIf(analysis, deployment, {})?.knobs.find((knob) => knob.name === 'gpus');
    expect(gpus?.steps.length).toBeGreaterThan(1);
    for (const value of gpus?.steps ?? []) {
      const answer = whatIf(analysis, deployment, { gpus: value });
      expect([value, answer?.invalid]).toEqual([value, undefined]);
      expect(answer?.rows?.[0]?.after).toBe(String(value));
    }
  }
});

test('experts placed by hand keep the number of GPUs, and the knob says why', () => {
  const text = `${MODEL}
cluster one { node = DGX-H100 }
workload few { sequences = 8, length = 128 tokens }
deployment plan {
  model = small, cluster = one, workload = few
  parallel { ep = 8 }
  expert 0..15 on gpu 0
}
`;
  const gpus = whatIf(analysed(text), 'plan', {})?.knobs.find((knob) => knob.name === 'gpus');
  expect(gpus?.note).toContain('placed on GPUs by hand');
});

describe('edits by line', () => {
  test.each([
    ['a\nb\nc\n', 'a\nx\nc\n', 1],
    ['a\nb\nc\nd\ne\n', 'x\nb\nc\nd\ny\n', 2],
    ['', 'a\n', 1],
    ['a\r\nb\r\n', 'b\r\n', 1],
    ['same\n', 'same\n', 0],
    ['a\nb', 'a\nb\nc', 1],
  ])('%j to %j', (before, after, count) => {
    const edits = lineEdits(before, after);
    expect(applyEdits(before, edits)).toBe(after);
    expect(edits).toHaveLength(count);
  });
});

test('a degree that is tried alone takes the written ones that depend on it along', () => {
  const answer = whatIf(analysed(TRAINING), 'plan', { tp: '4' });
  expect(answer?.invalid).toBeUndefined();
  expect(answer?.writes).toEqual({
    lines: ['tp = 4', 'dp = 4', 'micro-batches = 16'].map((line) => `${line} in deployment plan, parallel`),
  });
});

test('a value that cannot work says why, and one that is no choice is refused', () => {
  const analysis = analysed(example('deepseek-v3-h800'));
  expect(whatIf(analysis, 'deepseek-v3-32', { 'decode.dp': '1' })?.invalid).toMatch(/DeepEP|heads/);
  expect(whatIf(analysis, 'deepseek-v3-32', { 'decode.tp': '7' })?.invalid).toBe('`tp` cannot be 7 here');
});

test('what the text could state only by leaving something out is computed and not written', () => {
  const text = RATE.replace('parallel {', 'engine { name = vllm, version = "0.22.0" }\n  parallel {');
  const answer = whatIf(analysed(text), 'plan', { engine: 'sglang' });
  expect(answer?.rows?.some(({ verdict }) => verdict !== 'same')).toBe(true);
  expect(answer?.writes).toEqual({
    refused: '`version` in deployment plan, engine would have to go: take it out by hand',
  });
});
