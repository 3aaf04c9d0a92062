import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { CLEAN_PLAN, EXAMPLE } from '../cli/moeplan.ts';
import { withCursor } from '../support/cursor.ts';
import { bundle, projectRoot } from '../support/dist.ts';
import { folderWith } from '../support/folders.ts';
import { LanguageClient } from '../support/languageClient.ts';
import { largePlan } from '../support/largePlan.ts';

const example = readFileSync(join(projectRoot, EXAMPLE), 'utf8');
const URI = 'file:///plans/plan.moeplan';
const CANCELLED = -32800;

/** Methods that are called otherwise than the capability that announces them. */
const METHODS: Readonly<Record<string, string>> = {
  callHierarchy: 'prepareCallHierarchy',
  documentFormatting: 'formatting',
  documentRangeFormatting: 'rangeFormatting',
  documentOnTypeFormatting: 'onTypeFormatting',
  workspaceSymbol: 'symbol',
};

/** Announced by the capability of another method, or by none. */
const PART_OF_OTHERS = ['publishDiagnostics', 'prepareRename'];

/** A started server that must end with code 0 and nothing on standard error when the test is over. */
async function started(folders: readonly string[] = [], args?: readonly string[]): Promise<LanguageClient> {
  const client = await LanguageClient.start(folders, args);
  onTestFinished(async () => {
    const code = await client.stop();
    expect({ code, errors: client.errors }).toEqual({ code: 0, errors: '' });
  });
  return client;
}

/** The text with `word` written as `by`, as the edit that an editor sends. */
function edit(text: string, word: string, by: string) {
  const at = text.indexOf(word);
  if (at < 0) throw new Error(`no ${word}`);
  const lines = text.slice(0, at).split('\n');
  const start = { line: lines.length - 1, character: lines.at(-1)?.length ?? 0 };
  const change = { range: { start, end: { ...start, character: start.character + word.length } }, text: by };
  return { change, text: text.slice(0, at) + by + text.slice(at + word.length) };
}

describe.each<readonly [string, () => readonly string[]]>([
  ['dist/server.cjs --stdio', () => [bundle('server.cjs'), '--stdio']],
  ['moeplan lsp --stdio', () => [bundle('moeplan.mjs'), 'lsp', '--stdio']],
])('%s', (_, args) => {
  test('can do what the page for editors lists, and lists all that it can do', async () => {
    const client = new LanguageClient(args());
    const { capabilities } = await client.initialize();
    const provided = Object.keys(capabilities).flatMap((key) => /^(\w+)Provider$/.exec(key)?.[1] ?? []);
    const page = readFileSync(join(projectRoot, 'docs/editors.md'), 'utf8');
    const listed = [...page.matchAll(/`(?:textDocument|workspace)\/(\w+)/g)].map(([, method = '']) => method);
    const methodOf = (capability: string) => METHODS[capability] ?? capability;
    const known = new Set([...provided.map(methodOf), ...PART_OF_OTHERS]);
    expect(provided.map(methodOf).filter((method) => !listed.includes(method))).toEqual([]);
    expect(listed.filter((method) => !known.has(method))).toEqual([]);
    expect(await client.stop()).toBe(0);
  });

  test('says what it can do', async () => {
    const client = new LanguageClient(args());
    const { capabilities, serverInfo } = await client.initialize();
    expect(serverInfo?.name).toBe('moeplan');
    expect(capabilities).toMatchObject({
      textDocumentSync: { openClose: true, change: 2 },
      hoverProvider: true,
      definitionProvider: true,
      referencesProvider: true,
      renameProvider: { prepareProvider: true },
      documentSymbolProvider: true,
      foldingRangeProvider: true,
      semanticTokensProvider: { full: true, legend: { tokenTypes: expect.arrayContaining(['keyword', 'class']) } },
    });
    expect(await client.stop()).toBe(0);
    expect(client.errors).toBe('');
  });

  test('publishes diagnostics while typing', async () => {
    const client = await started([], args());
    expect(await client.check(URI, CLEAN_PLAN)).toEqual([]);
    const { change } = edit(CLEAN_PLAN, 'ep = 8', 'ep = 3');
    await client.change(URI, 2, change);
    const found = await client.diagnostics(URI, 2);
    expect(found.map(({ code, severity, source }) => [code, severity, source])).toContainEqual([
      'parallel-mismatch',
      1,
      'moeplan',
    ]);
    await client.change(URI, 3, { ...change, text: 'ep = 8' });
    expect(await client.diagnostics(URI, 3)).toEqual([]);
  });

  test('hangs up when its input ends', async () => {
    const client = await LanguageClient.start([], args());
    const exited = new Promise<number | null>((resolve) => client.process.on('exit', (code) => resolve(code)));
    client.process.stdin.end();
    expect(await exited).not.toBeNull();
    client.connection.dispose();
  });
});

describe('documents', () => {
  test('any series of edits gives what opening the result gives', async () => {
    const client = await started();
    await client.check(URI, example);
    const words = ['ep = 16', 'count = 2', 'heads = 32', 'long-batch', '}', 'baseline-whole', 'ffn = 32_768', '{'];
    let text = example;
    let version = 1;
    for (const [index, word] of [...words, ...words].entries()) {
      const next = edit(text, word, index % 3 === 0 ? `${word}${word}`.slice(1) : `${word} ${index}`);
      text = next.text;
      version++;
      await client.change(URI, version, next.change);
      const fresh = `file:///plans/fresh-${version}.moeplan`;
      expect(await client.diagnostics(URI, version)).toEqual(await client.check(fresh, text));
      const symbols = (uri: string) => client.request('textDocument/documentSymbol', { textDocument: { uri } });
      expect(await symbols(URI)).toEqual(await symbols(fresh));
    }
  });

  test('a line end of two characters and letters of two code units shift no position', async () => {
    const client = await started();
    const text = CLEAN_PLAN.replace('model small', '/* 🙂 é */ model small').replace('ep = 8', 'ep = 3');
    const plain = await client.check(URI, text);
    const crlf = await client.check('file:///plans/crlf.moeplan', text.replaceAll('\n', '\r\n'));
    const strip = (found: typeof plain) => found.map(({ range, code }) => ({ range, code }));
    expect(plain.length).toBeGreaterThan(0);
    expect(strip(crlf)).toEqual(strip(plain));
  });

  test('edits of an old version or of a document that is not open do no harm', async () => {
    const client = await started();
    await client.check(URI, CLEAN_PLAN, 5);
    await client.change(URI, 3, { text: 'deployment {' });
    await client.change('file:///plans/never-opened.moeplan', 1, { text: 'x' });
    await client.close('file:///plans/never-opened.moeplan');
    await client.change(URI, 9, { text: CLEAN_PLAN });
    expect(await client.diagnostics(URI, 9)).toEqual([]);
  });

  test('edits that point outside the text are put inside it', async () => {
    const client = await started();
    await client.check(URI, CLEAN_PLAN);
    const far = { line: 10_000, character: 10_000 };
    await client.change(URI, 2, { range: { start: far, end: far }, text: '// the end\n' });
    await client.change(URI, 3, { range: { start: far, end: { line: 0, character: 0 } }, text: CLEAN_PLAN });
    expect(await client.diagnostics(URI, 3)).toEqual([]);
  });

  test('of edits that have queued up only the last is checked', async () => {
    const client = await started();
    await client.check(URI, example);
    const sent = [];
    for (let version = 2; version <= 60; version++)
      sent.push(client.change(URI, version, { text: `${example}// ${version}\n` }));
    await Promise.all(sent);
    await client.diagnostics(URI, 60);
    const versions = client.published.map(({ version }) => version ?? 0);
    expect(versions).toEqual(versions.toSorted((left, right) => left - right));
  });

  test('closing takes the diagnostics away', async () => {
    const client = await started();
    expect((await client.check(URI, 'deployment {')).length).toBeGreaterThan(0);
    await client.close(URI);
    await client.request('textDocument/documentSymbol', { textDocument: { uri: URI } });
    expect(client.published.at(-1)).toEqual({ uri: URI, diagnostics: [] });
  });

  test('an unsaved document is checked like a saved one; a path in it leads nowhere', async () => {
    const client = await started();
    const codes = (found: Awaited<ReturnType<typeof client.check>>) => found.map(({ code }) => code);
    expect(await client.check('untitled:Untitled-1', CLEAN_PLAN)).toEqual([]);
    expect(codes(await client.check('untitled:Untitled-2', 'import "./x.moeplan"\n'))).toHaveLength(1);
    expect(codes(await client.check('git:/plans/plan.moeplan?ref', 'deployment {'))).toContain('unclosed-block');
  });

  test('a file outside the workspace sees its own folder and no other', async () => {
    const [model = '', ...rest] = CLEAN_PLAN.split(/(?=workload)/);
    const folder = folderWith({ 'work/x.moeplan': '', 'else/model.moeplan': model, 'else/deep/y.moeplan': '' });
    const plan = (path: string) => `import "${path}"\n${rest.join('')}`;
    const uri = (name: string) => pathToFileURL(join(folder, name)).href;
    const client = await started([join(folder, 'work')]);
    expect(
      (await client.check(uri('work/plan.moeplan'), plan('../else/model.moeplan'))).map(({ code }) => code),
    ).toContain('import-outside-workspace');
    const own = await started();
    expect(await own.check(uri('else/plan.moeplan'), plan('./model.moeplan'))).toEqual([]);
    expect(
      (await own.check(uri('else/deep/plan.moeplan'), plan('../model.moeplan'))).map(({ code }) => code),
    ).toContain('import-outside-workspace');
  });

  test('an import follows the open document, saved or not, and the disk when it is closed', async () => {
    const [model = '', ...rest] = CLEAN_PLAN.split(/(?=workload)/);
    const folder = folderWith({ 'model.moeplan': model });
    const [modelUri, planUri] = ['model.moeplan', 'plan.moeplan'].map((name) => pathToFileURL(join(folder, name)).href);
    if (!modelUri || !planUri) throw new Error('no URI');
    const client = await started([folder]);
    expect(await client.check(planUri, `import "./model.moeplan"\n${rest.join('')}`)).toEqual([]);
    await client.check(modelUri, model.replace('model small', 'model renamed'));
    // The plan's findings may come before or after those of the file that it imports.
    const broken = await client.diagnosticsThat(planUri, (found) => found.length > 0);
    expect(broken.map(({ code }) => code)).toContain('unresolved-name');
    await client.close(modelUri);
    expect(await client.diagnosticsThat(planUri, (found) => found.length === 0)).toEqual([]);
  });

  test('a thousand open documents each have their diagnostics', async () => {
    const client = await started();
    const uris = Array.from({ length: 1000 }, (_, index) => `file:///plans/plan-${index}.moeplan`);
    const found = uris.map((uri) => client.diagnostics(uri));
    for (const [index, uri] of uris.entries())
      await client.open(uri, index % 2 === 0 ? CLEAN_PLAN : CLEAN_PLAN.replace('ep = 8', 'ep = 3'));
    const counts = (await Promise.all(found)).map((each) => each.filter(({ severity }) => severity === 1).length);
    expect(counts.filter((count) => count === 0)).toHaveLength(500);
    await client.change(uris[7] ?? '', 2, { text: CLEAN_PLAN });
    expect(await client.diagnostics(uris[7] ?? '', 2)).toEqual([]);
  });

  test('10,000 lines are opened, edited and asked about', async () => {
    const client = await started();
    const text = largePlan(10_000);
    expect((await client.check(URI, text)).filter(({ severity }) => severity === 1)).toEqual([]);
    await client.change(URI, 2, edit(text, 'hidden = 2048', 'hidden = 2049').change);
    await client.diagnostics(URI, 2);
    const line = text.split('\n').findLastIndex((each) => each.includes('parallel {'));
    const hover = await client.request('textDocument/hover', {
      textDocument: { uri: URI },
      position: { line, character: 14 },
    });
    expect(JSON.stringify(hover)).toContain('16 heads / 4 = 4 heads per GPU');
  });
});

describe('requests', () => {
  const ask = async (marked: string, method: string, more: object = {}) => {
    const client = await started();
    const { text, position } = withCursor(marked);
    await client.check(URI, text);
    return client.request(method, { textDocument: { uri: URI }, position, ...more });
  };
  const plan = (from: string, to: string) => CLEAN_PLAN.replace(from, to);

  test('hover', async () => {
    expect(await ask(plan('ep = 8', 'e$0p = 8'), 'textDocument/hover')).toMatchObject({
      contents: { kind: 'markdown', value: expect.stringContaining('xpert') },
      range: { start: { line: 9, character: 13 }, end: { line: 9, character: 15 } },
    });
  });

  test('completion', async () => {
    const items = await ask(plan('model = small', 'model = $0small'), 'textDocument/completion');
    expect(items).toContainEqual(expect.objectContaining({ label: 'small', insertText: 'small' }));
  });

  test('definition', async () => {
    expect(await ask(plan('model = small', 'model = sm$0all'), 'textDocument/definition')).toEqual({
      uri: URI,
      range: { start: { line: 0, character: 6 }, end: { line: 0, character: 11 } },
    });
  });

  test('definition of a name of the catalogue is a file that is there', async () => {
    const found = await ask(plan('DGX-H100', 'DGX-$0H100'), 'textDocument/definition');
    const { uri } = Object(found);
    expect(readFileSync(new URL(String(uri)), 'utf8')).toContain('node DGX-H100');
  });

  test('rename', async () => {
    expect(await ask(plan('model small', 'model sm$0all'), 'textDocument/rename', { newName: 'tiny' })).toEqual({
      changes: {
        [URI]: [
          { range: { start: { line: 0, character: 6 }, end: { line: 0, character: 11 } }, newText: 'tiny' },
          { range: { start: { line: 8, character: 10 }, end: { line: 8, character: 15 } }, newText: 'tiny' },
        ],
      },
    });
  });

  test.each([
    ['model sm$0all', '1 x'],
    ['mo$0del small', 'tiny'],
  ])('a rename that cannot be is refused with a reason (%s)', async (marked, newName) => {
    await expect(ask(plan('model small', marked), 'textDocument/rename', { newName })).rejects.toThrow(/name/);
  });

  test('semantic tokens lie in order, inside their lines, and do not overlap', async () => {
    const client = await started();
    await client.check(URI, example);
    const { data } = Object(await client.request('textDocument/semanticTokens/full', { textDocument: { uri: URI } }));
    const numbers = Array.isArray(data) ? data.map(Number) : [];
    const lines = example.split('\n');
    let line = 0;
    let character = 0;
    let end = 0;
    expect(numbers.length).toBeGreaterThan(500);
    for (let at = 0; at < numbers.length; at += 5) {
      const [down = 0, right = 0, length = 0] = numbers.slice(at, at + 3);
      if (down > 0) end = 0;
      line += down;
      character = down > 0 ? right : character + right;
      expect(character).toBeGreaterThanOrEqual(end);
      end = character + length;
      expect(end).toBeLessThanOrEqual(lines[line]?.length ?? 0);
    }
  });

  test('requests that are cancelled while they wait are dropped; the next one is answered', async () => {
    const client = await started();
    await client.check(URI, example);
    const params = { textDocument: { uri: URI }, position: { line: 11, character: 4 } };
    const dropped = Array.from({ length: 20 }, () => client.cancelled('textDocument/completion', params));
    const answer = client.request('textDocument/hover', params);
    for (const code of await Promise.all(dropped)) expect(['answered', CANCELLED]).toContain(code);
    expect(await Promise.all(dropped)).toContain(CANCELLED);
    expect(JSON.stringify(await answer)).toContain('layers');
  });

  test.each<readonly [string, object]>([
    ['textDocument/hover', {}],
    ['textDocument/hover', { textDocument: { uri: URI } }],
    ['textDocument/completion', { textDocument: { uri: 7 }, position: 'here' }],
    ['textDocument/rename', { textDocument: { uri: URI }, position: { line: 0, character: 7 } }],
    ['moeplan/preview', []],
    ['moeplan/nodesAt', { uri: URI }],
    ['moeplan/reveal', { uri: URI, deployment: 3, id: {} }],
    ['moeplan/export', { uri: URI, format: 'pdf' }],
    ['moeplan/time', { uri: URI, deployment: 7 }],
    ['moeplan/whatIf', { uri: URI, deployment: 'plan', changes: { sequences: ['many'] } }],
    ['moeplan/writeWhatIf', { uri: URI, deployment: 'plan' }],
    ['moeplan/curves', { uri: URI, subjects: [{ deployment: 'plan' }] }],
    ['moeplan/differences', { uri: URI, deployment: 'plan', files: { [URI]: 3 } }],
    ['moeplan/no-such-request', {}],
  ])('malformed %s %o is refused or empty, and the server lives on', async (method, params) => {
    const client = await started();
    await client.check(URI, CLEAN_PLAN);
    const answer = await client.request(method, params).catch((error: unknown) => error);
    expect(answer === null || answer instanceof Error).toBe(true);
    await client.change(URI, 2, { text: 'deployment {' });
    expect((await client.diagnostics(URI, 2)).length).toBeGreaterThan(0);
  });

  test.each<readonly [string, object, string]>([
    ['moeplan/preview', [], 'moeplan/preview: `uri` must be a string'],
    ['moeplan/nodesAt', { uri: URI }, 'moeplan/nodesAt: `position` must be a position'],
    ['moeplan/nodesAt', { uri: URI, position: { line: -1, character: 0 } }, '`position` must be a position'],
    ['moeplan/reveal', { uri: URI, deployment: 3, id: {} }, 'moeplan/reveal: `deployment` must be a string'],
    [
      'moeplan/whatIf',
      { uri: URI, deployment: 'plan', changes: { sequences: ['many'] } },
      '`changes.sequences` must be a number or a word',
    ],
    ['moeplan/writeWhatIf', { uri: URI, deployment: 'plan' }, '`changes` must be an object of numbers'],
    ['moeplan/curves', { uri: URI, subjects: 'all' }, '`subjects` must be a list of deployments with changes'],
    [
      'moeplan/curves',
      { uri: URI, subjects: Array.from({ length: 13 }, () => ({ deployment: 'plan', changes: {} })) },
      '`subjects` must be at most 12 deployments',
    ],
    ['moeplan/differences', { uri: URI, deployment: 'plan', files: { [URI]: 3 } }, 'must be a string or null'],
    ['moeplan/export', { uri: URI, format: 'pdf' }, '`format` must be one of `svg`, `dot`, `mermaid`'],
  ])('%s %o: what is wrong with it is said in a sentence', async (method, params, message) => {
    const client = await started();
    await client.check(URI, CLEAN_PLAN);
    const error: unknown = await client.request(method, params).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: -32602, message: expect.stringContaining(message) });
  });

  test.each(['hover', 'completion', 'definition', 'documentSymbol', 'foldingRange'])(
    '%s of a document that is not open is null',
    async (name) => {
      const client = await started();
      const params = { textDocument: { uri: URI }, position: { line: 0, character: 0 } };
      expect(await client.request(`textDocument/${name}`, params)).toBeNull();
    },
  );
});

describe('a kill in the middle of an edit', () => {
  test('a new server answers from the open documents as if nothing had been', async () => {
    const client = await LanguageClient.start();
    await client.check(URI, example);
    const next = edit(example, 'ep = 16', 'ep = 5, tp = 3');
    void client.change(URI, 2, next.change).catch(() => undefined);
    await client.kill();
    const again = await started();
    const found = await again.check(URI, next.text, 2);
    const fresh = await started();
    expect(found).toEqual(await fresh.check(URI, next.text, 2));
    expect(found.map(({ code }) => code)).toContain('heads-not-divisible');
  });
});

describe('a file cut off anywhere', () => {
  test.each(['deployment-analysis', 'deepseek-v3-h800', 'broken'])(
    '%s neither stops nor stalls the server',
    async (name) => {
      const client = await started();
      const bytes = readFileSync(join(projectRoot, `examples/${name}.moeplan`));
      let version = 1;
      await client.check(URI, '', version);
      for (let end = 0; end < bytes.length; end += Math.ceil(bytes.length / 60)) {
        version++;
        // Cut in the middle of a character, the rest reads as U+FFFD.
        const text = bytes.subarray(0, end).toString('utf8');
        await client.change(URI, version, { text });
        await client.diagnostics(URI, version);
        const at = text.split('\n');
        const position = { line: at.length - 1, character: at.at(-1)?.length ?? 0 };
        const params = { textDocument: { uri: URI }, position };
        await Promise.all(
          ['hover', 'completion', 'definition', 'documentSymbol', 'foldingRange', 'semanticTokens/full'].map((method) =>
            client.request(`textDocument/${method}`, params),
          ),
        );
        await client.request('moeplan/preview', { uri: URI });
      }
      expect(version).toBeGreaterThan(50);
    },
  );
});
