import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRules } from '../../scripts/docs/rules.ts';
import { ruleSettings, withExports, withTexts } from '../../scripts/generate-manifest.ts';
import { isRecord } from '../../scripts/vscode/json.ts';
import { walkthroughPictures } from '../../scripts/walkthrough/pictures.ts';
import { EXPORTS, formatsWith } from '../../server/src/services/preview/exportFormats.ts';
import { bundle } from '../support/dist.ts';

/** What the manifest promises, held against the code and the files: the editor only reads the manifest. */
const root = join(import.meta.dirname, '../..');
const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const texts = JSON.parse(readFileSync(join(root, 'package.nls.json'), 'utf8'));

function at(...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (Array.isArray(value) && typeof key === 'number') return value[key];
    return isRecord(value) ? value[key] : undefined;
  }, manifest);
}

function list(...path: readonly (string | number)[]): readonly Readonly<Record<string, unknown>>[] {
  const value = at(...path);
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

const commands = list('contributes', 'commands').map(({ command }) => String(command));

function sourcesBelow(folder: string): string {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(root, folder, name), 'utf8'))
    .join('\n');
}

describe('files that the manifest names', () => {
  const paths = [
    at('icon'),
    ...list('contributes', 'languages').flatMap(({ configuration, icon }) => [
      configuration,
      ...(isRecord(icon) ? Object.values(icon) : []),
    ]),
    ...list('contributes', 'grammars').map(({ path }) => path),
    at('l10n'),
  ];
  test.each(paths.map(String))('%s is there', (path) => {
    expect(existsSync(join(root, path))).toBe(true);
  });
});

describe('commands', () => {
  const client = sourcesBelow('client/src');
  const registered = new Set([
    ...[...client.matchAll(/['"](moeplan\.[A-Za-z]+)['"]/g)].map(([, name]) => name),
    ...formatsWith('command').map((format) => EXPORTS[format].command),
  ]);

  test.each(commands)('%s is one that the extension knows', (command) => {
    expect(registered.has(command)).toBe(true);
  });

  test('menus, keys and the palette name only commands that are offered', () => {
    const menus = at('contributes', 'menus');
    const named = [
      ...list('contributes', 'keybindings'),
      ...(isRecord(menus) ? Object.keys(menus).flatMap((menu) => list('contributes', 'menus', menu)) : []),
    ].map(({ command }) => String(command));
    expect(named.length).toBeGreaterThan(commands.length);
    expect(named.filter((command) => !commands.includes(command))).toEqual([]);
  });

  test('a key is bound only where a plan is edited', () => {
    for (const { key, when } of list('contributes', 'keybindings')) expect(when, String(key)).toContain('moeplan');
  });
});

describe('settings', () => {
  test('every export has its command, its row in the palette and its title (otherwise: npm run generate)', async () => {
    const [manifestText, texts] = ['package.json', 'package.nls.json'].map((name) =>
      readFileSync(join(root, name), 'utf8'),
    );
    expect(JSON.parse(withExports(manifestText ?? ''))).toEqual(JSON.parse(manifestText ?? ''));
    expect(withTexts(texts ?? '', await readRules(root))).toBe(texts);
  });

  test('every rule has its severity (otherwise: npm run generate)', async () => {
    const rules = await readRules(root);
    expect(rules.length).toBeGreaterThan(50);
    expect(at('contributes', 'configuration', 'properties', 'moeplan.rules', 'properties')).toEqual(
      ruleSettings(rules),
    );
  });

  test('every setting says what it does', () => {
    const properties = at('contributes', 'configuration', 'properties');
    for (const [name, setting] of Object.entries(isRecord(properties) ? properties : {})) {
      const key = isRecord(setting) ? (setting.description ?? setting.markdownDescription) : '';
      expect(String(texts[String(key).slice(1, -1)]).length, name).toBeGreaterThan(20);
    }
  });
});

describe('the walkthrough', () => {
  const steps = list('contributes', 'walkthroughs', 0, 'steps');
  const svgs = new Map(
    steps.map(({ id, media }) => [String(id), isRecord(media) ? String(media.svg) : 'media without a picture']),
  );

  test('has a picture in each step, made of what is computed now (otherwise: npm run generate)', () => {
    const made = walkthroughPictures();
    expect([...made.keys()].sort()).toEqual([...svgs.keys()].sort());
    for (const [id, path] of svgs) expect(readFileSync(join(root, path), 'utf8'), id).toBe(made.get(id));
  });

  test("shows nothing but what the reader's theme colours, and runs nothing", () => {
    for (const svg of walkthroughPictures().values()) {
      expect(svg.match(/(?:fill|stroke)="[^"]*"/g)?.every((each) => /"(?:none|var\(--vscode-)/.test(each))).toBe(true);
      expect(svg).not.toMatch(/<script|\bon\w+=|href/);
    }
  });

  test.each(steps.map(({ id, completionEvents }) => [String(id), completionEvents] as const))(
    'knows when %s is done',
    (_, events) => {
      // Commands count only from the time when a walkthrough was first opened.
      expect(Array.isArray(events) && events.some((event) => String(event).startsWith('onContext:moeplan.'))).toBe(
        true,
      );
      for (const event of Array.isArray(events) ? events : []) {
        const [kind, what = ''] = String(event).split(/:(.*)/);
        if (kind === 'onCommand' && what.startsWith('moeplan.')) expect(commands).toContain(what);
        else if (kind === 'onSettingChanged')
          expect(at('contributes', 'configuration', 'properties', what)).toBeDefined();
        else if (kind === 'onContext' && what.startsWith('moeplan.'))
          expect(sourcesBelow('client/src')).toContain(what);
        else expect(['onCommand', 'onContext']).toContain(kind);
      }
    },
  );

  test('links only to commands that are there, with arguments that can be read', () => {
    const links = steps.flatMap(({ id }) => [
      ...String(texts[`walkthrough.${id}.description`]).matchAll(/\(command:([\w.]+)(?:\?([^)]*))?\)/g),
    ]);
    expect(links.length).toBeGreaterThan(5);
    for (const [, command = '', argument] of links) {
      if (command.startsWith('moeplan.')) expect(commands).toContain(command);
      if (argument !== undefined)
        expect(['string', 'object']).toContain(typeof JSON.parse(decodeURIComponent(argument)));
    }
  });
});

describe('what other parts of the editor are told', () => {
  test('JSON schemas are there, one per command that prints JSON', () => {
    const urls = list('contributes', 'jsonValidation').map(({ url }) => String(url));
    expect(urls.map((url) => url.replace('./schemas/', '')).sort()).toEqual(readdirSync(join(root, 'schemas')).sort());
  });

  test('the problem matcher reads what `moeplan check` prints', () => {
    const pattern = at('contributes', 'problemMatchers', 0, 'pattern', 'regexp');
    const line = 'plans/a b.moeplan:6:14: error[parallel-mismatch]: the pool has 8 GPUs';
    expect(new RegExp(String(pattern)).exec(line)?.slice(1)).toEqual([
      'plans/a b.moeplan',
      '6',
      '14',
      'error',
      'parallel-mismatch',
      'the pool has 8 GPUs',
    ]);
  });

  test('a tool for language models says what it does, and the extension registers it', () => {
    const client = sourcesBelow('client/src/languageModelTools');
    const tools = list('contributes', 'languageModelTools');
    expect(tools).toHaveLength(3);
    for (const { name, modelDescription } of tools) {
      expect(client, String(name)).toContain(`${String(name)}`);
      expect(String(modelDescription).length, String(name)).toBeGreaterThan(60);
    }
  });
});

test('ships everything that it names', () => {
  const files = at('files');
  for (const name of ['examples', 'l10n', 'media/walkthrough', 'package.nls.json', 'schemas'])
    expect(files).toContain(name);
});

test('ships no bundle that points at a source map, since it ships no map', () => {
  const folder = dirname(bundle('moeplan.mjs'));
  // Tests are bundled in a folder of their own, which is not shipped.
  const shipped = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.(?:[cm]?js|css)$/.test(name) && !/^test\b/.test(name),
  );
  expect(shipped.length).toBeGreaterThan(6);
  expect(shipped.filter((name) => readFileSync(join(folder, name), 'utf8').includes('sourceMappingURL='))).toEqual([]);
  expect(JSON.stringify(at('files'))).not.toContain('.map');
});

test('has an icon that shops take: a PNG of at least 128 pixels', () => {
  const icon = readFileSync(join(root, String(at('icon'))));
  expect(icon.subarray(1, 4).toString()).toBe('PNG');
  expect(Math.min(icon.readUInt32BE(16), icon.readUInt32BE(20))).toBeGreaterThanOrEqual(128);
});

test('runs where the files are, else beside the screen; in a browser by its own entry', () => {
  expect(at('extensionKind')).toEqual(['workspace', 'ui']);
  expect(at('capabilities', 'virtualWorkspaces', 'supported')).toBe(true);
  expect(at('browser')).toBeDefined();
});

test('runs on every Node and VS Code that the bundles are made for', () => {
  expect(at('engines', 'node')).toBe('>=20');
  expect(String(at('engines', 'vscode'))).toMatch(/^\^1\.\d+\.0$/);
  expect(at('capabilities', 'untrustedWorkspaces', 'supported')).toBe(true);
});

test('every form in which a plan is exported has its command, with a title, where a plan is open', () => {
  const exported = formatsWith('command').map((format) => EXPORTS[format].command);
  expect(exported.length).toBeGreaterThan(5);
  const offered = list('contributes', 'commands');
  for (const command of exported) {
    const title = offered.find((each) => each.command === command)?.title;
    expect(texts[String(title).replaceAll('%', '')], command).toMatch(/^Export /);
  }
  expect(commands.filter((command) => command.startsWith('moeplan.export')).toSorted()).toEqual(exported.toSorted());
});
