import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../support/folders.ts';
import { moeplan, shell } from './moeplan.ts';

const SERVE = `# on 8xH200
TP=\${TP:-8}
exec vllm serve deepseek-ai/DeepSeek-R1 \\
  --tensor-parallel-size $TP --max-num-seqs 64 \\
  --config more.yaml
`;
const FILES = { 'serve.sh': SERVE, 'more.yaml': 'gpu-memory-utilization: 0.92\nmax-model-len: 16384\n' };

describe('import', () => {
  test('writes the plan of a script with the file that it names', () => {
    const { code, out, err } = moeplan(['import', 'serve.sh'], folderWith(FILES));
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('deployment serve {');
    expect(out).toContain('parallel { tp = 8 }');
    expect(out).toMatch(/memory-fraction = 0.92, max-requests = 64, max-context = 16_384 tokens/);
  });

  test('writes a file, which is checked without an error', () => {
    const folder = folderWith(FILES);
    expect(moeplan(['import', 'serve.sh', '-o', 'plan.moeplan'], folder)).toMatchObject({ code: 0, out: '', err: '' });
    expect(moeplan(['check', 'plan.moeplan'], folder).code).toBe(0);
  });

  test('lists what the engine takes in place of what is not given', () => {
    const folder = folderWith(FILES);
    const { code, out } = moeplan(['import', 'serve.sh', '--defaults'], folder);
    expect(code).toBe(0);
    expect(out).toContain('// Left to the engine, which takes:\n//   max-num-batched-tokens 8192\n');
    expect(out).not.toMatch(/\/\/ {3}max-num-seqs/);
    expect(moeplan(['import', 'serve.sh'], folder).out).not.toContain('Left to the engine');
    // It is a plan as before, in the usual form.
    const again = shell('moeplan import serve.sh --defaults > p.moeplan && moeplan format --check p.moeplan', folder);
    expect(again.code).toBe(0);
  });

  test('reads standard input', () => {
    const { code, out } = shell('moeplan import - < serve.sh', folderWith(FILES));
    expect(code).toBe(0);
    expect(out).toContain('model    = DeepSeek-R1');
  });

  test('never overwrites the launch', () => {
    const folder = folderWith(FILES);
    const { code, err } = moeplan(['import', 'serve.sh', '-o', 'serve.sh'], folder);
    expect(code).toBe(2);
    expect(err).not.toBe('');
    expect(readFileSync(join(folder, 'serve.sh'), 'utf8')).toBe(SERVE);
  });

  test.each([
    ['a script that starts nothing', 'echo vllm serve is not started here\n'],
    ['an empty file', ''],
    ['YAML of something else', 'services:\n  web: {image: nginx}\n'],
    ['broken YAML', 'backend: {vllm_config: [\n'],
  ])('refuses %s with what it reads', (_, text) => {
    const { code, out, err } = moeplan(['import', 'file.yaml'], folderWith({ 'file.yaml': text }));
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('file.yaml launches no engine that moeplan knows');
  });

  test('reads nothing outside of the folder', () => {
    const folder = folderWith({
      'in/serve.sh': SERVE.replace('more.yaml', '../more.yaml'),
      'more.yaml': 'max-num-seqs: 1\n',
    });
    const { out } = moeplan(['import', 'serve.sh'], join(folder, 'in'));
    expect(out).toContain('`../more.yaml` is not found');
  });
});

describe('other commands', () => {
  test('check marks the flag that makes the launch fail, and ends with 1', () => {
    const folder = folderWith({
      'serve.sh': SERVE.replace('TP:-8', 'TP:-4').replace('more.yaml', 'none.yaml').replace('--config none.yaml', ''),
    });
    const { code, out } = moeplan(['check', 'serve.sh'], folder);
    expect(code).toBe(1);
    expect(out).toMatch(/^serve\.sh:4:3: error\[memory-over-capacity\]: GPUs 0\.\.3 must hold /m);
    expect(out).toMatch(/4 \| {3}--tensor-parallel-size \$TP .*\n {2}\| {3}\^{26}\n/);
  });

  test('the places in JSON are those of the launch', () => {
    const folder = folderWith({ 'serve.sh': SERVE.replace('--max-num-seqs', '--max-num-seq'), 'more.yaml': '' });
    const { out } = moeplan(['check', 'serve.sh', '--format', 'json'], folder);
    expect(JSON.parse(out)).toMatchObject({
      diagnostics: [
        { file: 'serve.sh', line: 4, column: 30, rule: 'launch-argument-unknown', severity: 'information' },
      ],
    });
  });

  test('compare says what a changed flag does', () => {
    const folder = folderWith({
      ...FILES,
      'new.sh': SERVE.replace('--max-num-seqs 64', '--max-num-seqs 64 --kv-cache-dtype fp8'),
    });
    const { code, out } = moeplan(['compare', './serve.sh', './new.sh'], folder);
    expect(code).toBe(0);
    expect(out).toContain('kv');
  });

  test('report and inspect compute a launch', () => {
    const folder = folderWith(FILES);
    expect(moeplan(['report', 'serve.sh', '--no-pictures'], folder).out).toContain('DeepSeek-R1');
    expect(JSON.parse(moeplan(['inspect', 'serve.sh'], folder).out)).toMatchObject({
      deployments: [{ name: 'serve' }],
    });
  });
});

describe('launch', () => {
  const PLAN = `workload chat { input = 4000 tokens, output = 1000 tokens, concurrency = 64 }
cluster one { node = DGX-H200, count = 1 }
deployment prod { model = DeepSeek-R1, cluster = one, workload = chat, parallel { tp = 8 }, engine { name = vllm } }
deployment bare { model = DeepSeek-R1, cluster = one, workload = chat, parallel { tp = 8 } }
`;

  test('prints the script, which is read as the plan that it came from', () => {
    const folder = folderWith({ 'plan.moeplan': PLAN });
    const { code, out, err } = moeplan(['launch', 'plan.moeplan', '--deployment', 'prod'], folder);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('vllm serve deepseek-ai/DeepSeek-R1 \\\n  --tensor-parallel-size 8');
    const again = shell('moeplan launch plan.moeplan --deployment prod > serve.sh && moeplan import serve.sh', folder);
    expect(again.out).toContain('parallel { tp = 8 }');
    expect(again.out).toContain('node = DGX-H200');
  });

  test('writes into a folder, and over no plan', () => {
    const folder = folderWith({ 'plan.moeplan': PLAN });
    expect(moeplan(['launch', 'plan.moeplan', '--deployment', 'prod', '-o', 'out'], folder)).toMatchObject({
      code: 0,
      out: '',
    });
    expect(readFileSync(join(folder, 'out', 'prod.sh'), 'utf8')).toMatch(
      /^#!\/bin\/bash\n# prod: DeepSeek-R1 on 8 x H200-SXM/,
    );
  });

  test('refuses a deployment without an engine, with the reason', () => {
    const { code, out, err } = moeplan(
      ['launch', 'plan.moeplan', '--deployment', 'bare'],
      folderWith({ 'plan.moeplan': PLAN }),
    );
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain('deployment `bare` is not written: nobody starts its engine');
  });

  test.each([
    ['kubernetes', 'kind: Deployment', 'nvidia.com/gpu: "8"'],
    ['llm-d', 'kind: LeaderWorkerSet', 'exec vllm serve deepseek-ai/DeepSeek-R1'],
    ['dynamo', 'kind: DynamoGraphDeployment', 'dynamo.vllm'],
    ['srt-slurm', 'vllm_config:', 'tensor-parallel-size: 8'],
  ])('for %s it is read as the plan that it came from', (form, ...parts) => {
    const folder = folderWith({ 'plan.moeplan': PLAN });
    const { code, out } = moeplan(['launch', 'plan.moeplan', '--deployment', 'prod', '--for', form], folder);
    expect(code).toBe(0);
    for (const part of parts) expect(out).toContain(part);
    const again = shell(
      `moeplan launch plan.moeplan --deployment prod --for ${form} > again.yaml && moeplan import again.yaml`,
      folder,
    );
    expect(again.out).toContain('parallel { tp = 8 }');
  });

  test('another engine and release take the place of those of the plan', () => {
    const folder = folderWith({ 'plan.moeplan': PLAN });
    const as = (...more: readonly string[]) => moeplan(['launch', 'plan.moeplan', ...more], folder);
    const { out } = as('--deployment', 'bare', '--engine', 'sglang', '--engine-version', '0.5.12');
    expect(out).toContain('written for SGLang, release 0.5.12.');
    expect(out).toContain('python3 -m sglang.launch_server');
    expect(as('--deployment', 'prod', '--engine', 'megatron', '--for', 'kubernetes')).toMatchObject({
      code: 2,
      err: expect.stringContaining('manifests start what serves'),
    });
    expect(as('--deployment', 'prod', '--for', 'helm')).toMatchObject({
      code: 2,
      err: expect.stringContaining('shell, kubernetes'),
    });
  });

  test('what the other engine refuses is told in place of files', () => {
    const folder = folderWith({
      'plan.moeplan': PLAN.replace(
        'parallel { tp = 8 }, engine { name = vllm }',
        'parallel { tp = 2, dp = 4, ep = 4, etp = 2 }, engine { name = sglang }',
      ),
    });
    expect(moeplan(['launch', 'plan.moeplan', '--deployment', 'prod'], folder).code).toBe(0);
    const refused = moeplan(['launch', 'plan.moeplan', '--deployment', 'prod', '--engine', 'vllm'], folder);
    expect(refused).toMatchObject({ code: 2, out: '', err: expect.stringContaining('vLLM') });
  });
});
