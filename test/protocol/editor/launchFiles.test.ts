import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Session } from './session.ts';

/** Files that launch engines, as an editor asks about them while it shows them. */
let folder: string;
let session: Session;
let uri: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'moeplan-'));
  uri = pathToFileURL(join(folder, 'serve.sh')).href;
  session = await Session.start({ folders: [pathToFileURL(folder).href] });
});
afterEach(() => {
  session.end();
  rmSync(folder, { recursive: true });
});

interface Place {
  readonly line: number;
  readonly character: number;
}

interface Shown {
  readonly findings: readonly {
    readonly code: string;
    readonly message: string;
    readonly range: { readonly start: Place; readonly end: Place };
  }[];
  readonly lenses: readonly { readonly title: string; readonly deployment: string; readonly range: { start: Place } }[];
  readonly plan: string;
}

const TOO_LARGE = `#!/bin/bash
# on 8xH100
exec vllm serve deepseek-ai/DeepSeek-R1 \\
  --tensor-parallel-size 8 \\
  --max-num-seqs 64 \\
  --port 8000
`;

/** Where a text begins in another one. */
function positionOf(text: string, sought: string): Place {
  const before = text.slice(0, text.indexOf(sought)).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
}

test('what does not fit stands at the degree, and above the command what it comes to', async () => {
  const shown = await session.ask<Shown>('moeplan/launch', { uri, text: TOO_LARGE });
  expect(shown.findings).toContainEqual(
    expect.objectContaining({
      code: 'memory-over-capacity',
      range: expect.objectContaining({ start: positionOf(TOO_LARGE, '--tensor-parallel-size') }),
    }),
  );
  expect(shown.lenses.map(({ title }) => title)).toEqual(
    expect.arrayContaining([expect.stringMatching(/^does not fit: /), 'Open as plan']),
  );
  for (const { range } of shown.lenses) expect(range.start).toEqual(positionOf(TOO_LARGE, 'vllm serve'));
  expect(shown.plan).toContain('parallel { tp = 8 }');
});

test.each([
  ['a script', 'for f in *.log; do gzip "$f"; done\n'],
  ['a script that names an engine', 'pip install vllm\necho "run vllm serve MODEL --tensor-parallel-size 8"\n'],
  ['YAML of something else', 'services:\n  web:\n    image: nginx\n    command: ["vllm"]\n'],
])('%s that launches nothing has nothing', async (_, text) => {
  expect(await session.ask('moeplan/launch', { uri, text })).toBeNull();
  expect(await session.ask('moeplan/launchHover', { uri, text, position: { line: 0, character: 3 } })).toBeNull();
  expect(await session.ask('moeplan/launchCompletion', { uri, text, position: { line: 0, character: 3 } })).toEqual([]);
});

test('severities of rules are those of the settings', async () => {
  session.end();
  session = await Session.start({
    folders: [pathToFileURL(folder).href],
    capabilities: { workspace: { configuration: true } },
    settings: { rules: { 'memory-over-capacity': 'off' }, codeLens: false },
  });
  const shown = await session.ask<Shown>('moeplan/launch', { uri, text: TOO_LARGE });
  expect(shown.findings.map(({ code }) => code)).not.toContain('memory-over-capacity');
  expect(shown.lenses).toEqual([]);
});

test('a file that the launch names is read again when it has changed', async () => {
  const text = 'vllm serve deepseek-ai/DeepSeek-R1 -tp 8 --config more.yaml # on H200\n';
  writeFileSync(join(folder, 'more.yaml'), 'max-num-seqs: 32\n');
  const plan = async () => (await session.ask<Shown>('moeplan/launch', { uri, text })).plan;
  expect(await plan()).toContain('max-requests = 32');
  writeFileSync(join(folder, 'more.yaml'), 'max-num-seqs: 48\n');
  const told = new Promise<void>((resolve) => session.client.onNotification('moeplan/refresh', resolve));
  await session.client.sendNotification('workspace/didChangeWatchedFiles', {
    changes: [{ uri: pathToFileURL(join(folder, 'more.yaml')).href, type: 2 }],
  });
  await told;
  expect(await plan()).toContain('max-requests = 48');
});

describe('on a place', () => {
  const hoverAt = async (text: string, sought: string) =>
    (
      await session.ask<{ readonly markdown: string } | null>('moeplan/launchHover', {
        uri,
        text,
        position: positionOf(text, sought),
      })
    )?.markdown ?? '';

  test('the command tells its memory and what it leaves to the engine', async () => {
    const text = await hoverAt(TOO_LARGE, 'vllm serve');
    expect(text).toContain('Does not fit');
    expect(text).toMatch(/Left to the engine: .*`gpu-memory-utilization 0\.92`.*`max-num-batched-tokens 8192`/);
    expect(text).not.toContain('max-num-seqs');
  });

  test('a degree tells what the plan reads and what each GPU gets', async () => {
    const text = await hoverAt(TOO_LARGE, '--tensor-parallel-size');
    expect(text).toContain('`tp = 8`');
    expect(text).toContain('16 heads');
    expect(text).toContain('`-tp`');
  });

  test('an argument without effect says so', async () => {
    expect(await hoverAt(TOO_LARGE, '--port')).toContain('neither memory nor time');
  });

  test('one in quotes is found by its name', async () => {
    const text = `bash -c "vllm serve deepseek-ai/DeepSeek-R1 --port 1 --tensor-parallel-size '8'" # on H200\n`;
    expect(await hoverAt(text, 'parallel-size')).toContain('`tp = 8`');
    expect(await hoverAt(text, '--port')).toContain('neither memory nor time');
  });
});

describe('while one types', () => {
  const labels = async (text: string, file = uri) => {
    const at = text.indexOf('|');
    const whole = text.replace('|', '');
    const before = whole.slice(0, at).split('\n');
    const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    const items = await session.ask<readonly { readonly label: string }[]>('moeplan/launchCompletion', {
      uri: file,
      text: whole,
      position,
    });
    return items.map(({ label }) => label);
  };

  test('arguments of the engine are offered that are not given yet', async () => {
    const offered = await labels('vllm serve deepseek-ai/DeepSeek-R1 -tp 8 --max|');
    expect(offered).toContain('--max-num-seqs');
    expect(offered).not.toContain('--tensor-parallel-size');
  });

  test('on a line that goes on', async () => {
    expect(await labels('vllm serve deepseek-ai/DeepSeek-R1 \\\n  -|\n')).toContain('--tensor-parallel-size');
  });

  test('behind the command nothing is', async () => {
    expect(await labels('vllm serve deepseek-ai/DeepSeek-R1 -tp 8\nls --|')).toEqual([]);
  });

  test('degrees divide the GPUs of a machine, and choices are those of the parser', async () => {
    expect(await labels('vllm serve deepseek-ai/DeepSeek-R1 --tensor-parallel-size |')).toEqual(['1', '2', '4', '8']);
    expect(await labels('vllm serve deepseek-ai/DeepSeek-R1 --all2all-backend deep|')).toContain('deepep_low_latency');
  });

  test('keys of a YAML file of arguments are', async () => {
    const text = 'tensor_parallel_size: 8\nkv_cache_config:\n  dtype: fp8\n  free|\nmax_batch_size: 64\n';
    const offered = await labels(text, pathToFileURL(join(folder, 'options.yaml')).href);
    expect(offered).toContain('free_gpu_memory_fraction');
    expect(offered).not.toContain('dtype');
    expect(offered).not.toContain('max_num_tokens');
  });
});
