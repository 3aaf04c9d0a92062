import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CLEAN_PLAN, EXAMPLE, moeplan } from '../cli/moeplan.ts';
import { bundle, projectRoot } from '../support/dist.ts';
import { folderWith } from '../support/folders.ts';
import { shippedReader } from '../support/schemas.ts';
import { call, startedIn } from './client.ts';

const printed = (...args: string[]): unknown => JSON.parse(moeplan(args).out);

describe('tools', () => {
  test('are three that read only, each described with its arguments', async () => {
    const { tools } = await (await startedIn(projectRoot)).listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual(['check', 'compare', 'inspect']);
    for (const { description = '', annotations, inputSchema } of tools) {
      expect(description.length).toBeGreaterThan(60);
      expect(annotations?.readOnlyHint).toBe(true);
      expect(Object.keys(inputSchema.properties ?? {})).toEqual(expect.arrayContaining(['text', 'path']));
    }
  });

  test('answer with what the command line prints', async () => {
    const client = await startedIn(projectRoot);
    const broken = 'examples/broken.moeplan';
    const checked = await call(client, 'check', { path: broken });
    expect(JSON.parse(checked.json)).toEqual(printed('check', broken, '--format', 'json'));
    expect(checked.text).toBe(moeplan(['check', broken]).out);

    const inspected = await call(client, 'inspect', { path: EXAMPLE });
    expect(JSON.parse(inspected.json)).toEqual(printed('inspect', EXAMPLE));
    expect(inspected.text).toBe(moeplan(['report', EXAMPLE]).out);

    const compared = await call(client, 'compare', { path: EXAMPLE });
    expect(JSON.parse(compared.json)).toEqual(printed('compare', EXAMPLE, '--format', 'json'));
    expect(compared.text).toBe(moeplan(['compare', EXAMPLE]).out);
  });

  test('take a text in place of a file, and its imports start in the working folder', async () => {
    const [model = '', ...rest] = CLEAN_PLAN.split(/(?=workload)/);
    const client = await startedIn(folderWith({ 'models/small.moeplan': model }));
    const text = `import "models/small.moeplan"\n${rest.join('')}`;
    expect(await call(client, 'check', { text })).toMatchObject({ isError: false, json: '{"diagnostics":[]}' });
    const bad = await call(client, 'check', { text: text.replace('ep = 8', 'ep = 7') });
    expect(bad.text).toContain('plan.moeplan:6:');
    expect(bad.json).toContain('"rule":"parallel-mismatch"');
  });

  test('see a file as it is now, not as it was when first asked', async () => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN });
    const client = await startedIn(folder);
    expect((await call(client, 'check', { path: 'plan.moeplan' })).text).toContain('no problems');
    writeFileSync(join(folder, 'plan.moeplan'), 'deployment {');
    expect((await call(client, 'check', { path: 'plan.moeplan' })).text).toContain('error');
  });

  test('restrict to the deployments that are named', async () => {
    const names = shippedReader<{ deployments: { name: string }[] }>('inspect');
    const client = await startedIn(projectRoot);
    const [first] = names((await call(client, 'inspect', { path: EXAMPLE })).json).deployments;
    const name = first?.name ?? '';
    const only = names((await call(client, 'inspect', { path: EXAMPLE, deployment: name })).json);
    expect(only.deployments.map((each) => each.name)).toEqual([name]);
    const compared = shippedReader<{ deployments: string[] }>('compare');
    const { json } = await call(client, 'compare', { path: EXAMPLE, deployments: [name] });
    expect(compared(json).deployments).toEqual([name]);
  });

  test.each<readonly [string, string, Readonly<Record<string, unknown>>, string]>([
    ['neither text nor file', 'check', {}, 'give either `text`'],
    ['both text and file', 'check', { text: '', path: 'plan.moeplan' }, 'give either `text`'],
    ['a file that is not there', 'check', { path: 'nowhere.moeplan' }, 'cannot read nowhere.moeplan'],
    ['a file of another kind', 'check', { path: 'secret.txt' }, 'is no .moeplan file'],
    ['an unknown deployment', 'inspect', { path: 'plan.moeplan', deployment: 'plam' }, 'did you mean `plan`?'],
    ['no deployment', 'compare', { text: 'let a = 1' }, 'no deployment that can be computed'],
    ['an argument of another type', 'check', { path: 7 }, 'path'],
  ])('say what is wrong with the question: %s', async (_, name, args, reason) => {
    const client = await startedIn(folderWith({ 'plan.moeplan': CLEAN_PLAN, 'secret.txt': 'secret' }));
    const { isError, text } = await call(client, name, args);
    expect(text).toContain(reason);
    expect(isError).toBe(true);
  });
});

describe('what lies outside the working folder', () => {
  test('is read neither by a path, nor through a link, nor by an import', async () => {
    const folder = folderWith({ 'inside/.keep': '', 'outside/plan.moeplan': CLEAN_PLAN });
    const inside = join(folder, 'inside');
    const outside = join(folder, 'outside', 'plan.moeplan');
    symlinkSync(outside, join(inside, 'link.moeplan'));
    symlinkSync(dirname(outside), join(inside, 'folder'));
    const client = await startedIn(inside);
    for (const path of ['../outside/plan.moeplan', outside, 'link.moeplan', 'folder/plan.moeplan']) {
      const { isError, text } = await call(client, 'check', { path });
      expect(text).toBe(`${path} lies outside the working folder; nothing there is read`);
      expect(isError).toBe(true);
    }
    const imported = await call(client, 'check', { text: 'import "../outside/plan.moeplan"\n' });
    expect(imported.json).toContain('"rule":"import-outside-workspace"');
  });
});

describe('resources', () => {
  test('are the language and every file of the catalogue', async () => {
    const client = await startedIn(projectRoot);
    const { resources } = await client.listResources();
    const catalog = readdirSync(join(projectRoot, 'server/src/catalog')).filter((name) => name.endsWith('.moeplan'));
    expect(catalog.length).toBeGreaterThan(2);
    expect(resources.map(({ uri }) => uri).sort()).toEqual(
      [...catalog.map((name) => `moeplan://catalog/${name}`), 'moeplan://language'].sort(),
    );
    const textOf = async (uri: string) => {
      const [content] = (await client.readResource({ uri })).contents;
      return content && 'text' in content ? content.text : undefined;
    };
    expect(await textOf('moeplan://language')).toBe(readFileSync(join(projectRoot, 'docs/language.md'), 'utf8'));
    expect(await textOf('moeplan://catalog/gpus.moeplan')).toBe(
      readFileSync(join(projectRoot, 'server/src/catalog/gpus.moeplan'), 'utf8'),
    );
  });
});

test('ends with code 0 and no word when the assistant hangs up', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bundle('moeplan.mjs'), 'mcp'], {
    input: '',
    encoding: 'utf8',
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
});
