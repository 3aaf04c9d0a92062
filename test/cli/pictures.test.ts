import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { graph } from '../../server/src/cli/commands/graph.ts';
import { PALETTES } from '../../server/src/graph/palette.ts';
import { shippedBeside } from '../../server/src/host/shipped.ts';
import { bundle, projectRoot } from '../support/dist.ts';
import { folderWith } from '../support/folders.ts';
import { squareFont } from '../support/font.ts';
import { readPng } from '../support/png.ts';
import { elementsOf, parseXml } from '../support/xml.ts';
import { CLEAN_PLAN, EXAMPLE, moeplan } from './moeplan.ts';

describe('a report with pictures', () => {
  test('links to a picture of each deployment beside it, and equal plans give equal bytes', () => {
    const written = ['first', 'second'].map(() => {
      const folder = folderWith({});
      const { code, err } = moeplan(['report', join(projectRoot, EXAMPLE), '-o', 'my report.md'], folder);
      expect({ code, err }).toEqual({ code: 0, err: '' });
      return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
    });
    const [first = new Map<string, string>(), second] = written;
    expect(second).toEqual(first);
    const links = [...(first.get('my report.md') ?? '').matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, to = '']) =>
      decodeURIComponent(to),
    );
    expect(links).toEqual(['baseline-whole', 'baseline-split', 'proposed'].map((name) => `my report-${name}.svg`));
    for (const link of links) expect(parseXml(first.get(link) ?? '').name).toBe('svg');
    // Markdown viewers take no address with blanks in it.
    expect(first.get('my report.md')).not.toMatch(/\]\([^)]* /);
  });

  test('without pictures, or to standard output, there are no links', () => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN });
    moeplan(['report', 'plan.moeplan', '-o', 'plain.md', '--no-pictures'], folder);
    expect(readdirSync(folder).toSorted()).toEqual(['plain.md', 'plan.moeplan']);
    const { out } = moeplan(['report', 'plan.moeplan'], folder);
    expect(out).toBe(readFileSync(join(folder, 'plain.md'), 'utf8'));
    expect(out).not.toContain('![');
  });
});

describe('a report with pictures in PNG', () => {
  test('links to them, and equal plans give equal bytes', () => {
    const written = ['first', 'second'].map(() => {
      const folder = folderWith({});
      const ran = moeplan(['report', join(projectRoot, EXAMPLE), '-o', 'r.md', '--pictures', 'png'], folder);
      expect(ran).toEqual({ code: 0, out: '', err: '' });
      return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))]));
    });
    const [first = new Map<string, Buffer>(), second] = written;
    expect(second).toEqual(first);
    const links = [...String(first.get('r.md')).matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, to = '']) => to);
    expect(links).toEqual(['baseline-whole', 'baseline-split', 'proposed'].map((name) => `r-${name}.png`));
    for (const link of links) {
      const pixels = readPng(first.get(link) ?? Buffer.alloc(0));
      expect(Math.min(pixels.width, pixels.height)).toBeGreaterThan(500);
      expect(pixels.at(0, 0)).toBe(PALETTES.light.background);
    }
  });

  test('writes nothing at all where one of them cannot be drawn', () => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN, 'text.ttf': 'no font' });
    const ran = moeplan(['report', 'plan.moeplan', '-o', 'r.md', '--pictures', 'png', '--font', 'text.ttf'], folder);
    expect(ran.err).toMatch(/text\.ttf is no TrueType or OpenType font; name a/);
    expect([ran.code, readdirSync(folder).toSorted()]).toEqual([2, ['plan.moeplan', 'text.ttf']]);
  });

  test('replaces what its own files held, and says so in the help', () => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN, 'r.md': 'old', 'r-plan.png': 'old', 'other.png': 'mine' });
    moeplan(['report', 'plan.moeplan', '-o', 'r.md', '--pictures', 'png'], folder);
    expect(readPng(readFileSync(join(folder, 'r-plan.png'))).width).toBeGreaterThan(500);
    expect(readFileSync(join(folder, 'other.png'), 'utf8')).toBe('mine');
    expect(moeplan(['report', '--help']).out.replace(/\s+/g, ' ')).toContain('files that are there are replaced');
  });

  test.each<readonly [string, readonly string[], RegExp]>([
    ['to standard output', ['--pictures', 'png'], /name the report with -o, or leave the option out/],
    ['a font without a use', ['-o', 'r.md', '--font', 'x.ttf'], /add --pictures png, or leave it out/],
    ['a form that is none', ['-o', 'r.md', '--pictures', 'gif'], /Allowed choices are svg, png/],
    ['a font that is not there', ['-o', 'r.md', '--pictures', 'png', '--font', 'x.ttf'], /cannot read x\.ttf/],
    ['over the plan', ['-o', './plan.moeplan'], /is the plan itself, which would be lost; name another file/],
  ])('is refused: %s', (_, options, reason) => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN });
    const { code, out, err } = moeplan(['report', 'plan.moeplan', ...options], folder);
    expect([code, out, readdirSync(folder)]).toEqual([2, '', ['plan.moeplan']]);
    expect(err).toMatch(reason);
    expect(readFileSync(join(folder, 'plan.moeplan'), 'utf8')).toBe(CLEAN_PLAN);
  });
});

describe('a graph', () => {
  const folded = ['graph', EXAMPLE, '--deployment', 'proposed', '--fold'];

  test.each(['light', 'dark', 'hc-light', 'hc-dark'] as const)(
    'in the %s theme has its colours and no style sheet',
    (theme) => {
      const { out } = moeplan([...folded, '--theme', theme]);
      expect(out).not.toMatch(/<style|@media/);
      expect(out).toContain(PALETTES[theme].nodes.compute.stroke);
      // Nothing but colours differs from the SVG that follows its reader.
      const shapes = (svg: string) =>
        elementsOf(parseXml(svg.replace(/ (?:fill|stroke)="#[\da-f]{6}"/g, '')))
          .filter(({ name }) => name !== 'style' && name !== 'svg')
          .map(({ name, attributes }) => [name, ...attributes]);
      expect(shapes(out)).toEqual(shapes(moeplan(folded).out));
    },
  );

  test('is light, and dark in browsers of readers whose system is, without a theme', () => {
    const { out } = moeplan(folded);
    expect(out).toBe(moeplan([...folded, '--theme', 'both']).out);
    expect(out).toContain('<style>@media (prefers-color-scheme: dark){');
    expect(out).toContain(`fill="${PALETTES.light.nodes.compute.fill}"`);
  });

  test('is made for a page; --fold opens its boxes, --unfold draws every GPU', () => {
    const plan = ['graph', 'examples/deepseek-v3-h800.moeplan'];
    const sizes = [[], ['--fold'], ['--unfold']].map((options) => {
      const { attributes } = parseXml(moeplan([...plan, ...options]).out);
      return Number(attributes.get('width')) * Number(attributes.get('height'));
    });
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b));
    expect(sizes[0]).toBeLessThan(2_100 * 1_100);
    expect(new Set(sizes).size).toBe(3);
  });

  test.each<readonly [string, readonly string[], RegExp]>([
    ['folds and unfolds', ['--fold', '--unfold'], /leave one of them out/],
    ['has pixels as SVG', ['--width', '1200'], /--width is for PNG/],
    ['has both themes as PNG', ['--format', 'png', '--theme', 'both', '-o', 'x.png'], /a PNG has one/],
    ['is wider than a picture may be', ['--format', 'png', '--width', '99999'], /pixels from 590 to 16000/],
    ['has a width that is none', ['--format', 'png', '--width', 'wide'], /pixels from 590 to 16000/],
  ])('%s: is refused', (_, options, reason) => {
    const { code, out, err } = moeplan(['graph', EXAMPLE, '--deployment', 'proposed', ...options]);
    expect([code, out]).toEqual([2, '']);
    expect(err).toMatch(reason);
  });

  test('has no theme as DOT', () => {
    const dot = moeplan([...folded, '--format', 'dot', '--theme', 'light']);
    expect([dot.code, dot.out]).toEqual([2, '']);
    expect(dot.err).toContain('--theme is for SVG and PNG');
  });
});

describe('a graph as PNG', () => {
  const folded = ['graph', join(projectRoot, EXAMPLE), '--deployment', 'proposed', '--fold'];

  /** The bytes of `graph ... -o`, which says nothing. */
  function png(...more: readonly string[]): Buffer {
    const folder = folderWith({});
    const ran = moeplan([...folded, '--format', 'png', '-o', 'graph.png', ...more], folder);
    expect(ran).toEqual({ code: 0, out: '', err: '' });
    return readFileSync(join(folder, 'graph.png'));
  }

  test('has twice the size of the SVG, equal bytes for equal plans, and goes to standard output as well', () => {
    const [first, second] = [png(), png()];
    expect(first.equals(second)).toBe(true);
    const { attributes } = parseXml(moeplan(folded).out);
    const { width, height } = readPng(first);
    expect([width, height]).toEqual([2 * Number(attributes.get('width')), 2 * Number(attributes.get('height'))]);
    const { stdout } = spawnSync(process.execPath, [bundle('moeplan.mjs'), ...folded, '--format', 'png']);
    expect(stdout.equals(first)).toBe(true);
  });

  test('is as wide as is asked for', () => {
    const { width, height } = readPng(png('--width', '1600'));
    const { attributes } = parseXml(moeplan(folded).out);
    expect(width).toBe(1600);
    expect(height).toBe(Math.round((1600 * Number(attributes.get('height'))) / Number(attributes.get('width'))));
  });

  test.each([
    ['light', []],
    ['dark', ['--theme', 'dark']],
  ] as const)('is in the %s theme with options %j, its title written in the colour of the theme', (theme, options) => {
    const pixels = readPng(png(...options));
    const { background, text } = PALETTES[theme];
    expect(pixels.at(0, 0)).toBe(background);
    // The title stands at 24, 38 with 20 units, and has nothing but the background around it.
    const seen = new Set<string>();
    for (let y = 40; y < 84; y++) for (let x = 40; x < 200; x++) seen.add(pixels.at(x, y));
    expect([...seen]).toEqual(expect.arrayContaining([background, text]));
  });

  test('is refused where it could not be read, with the way to a smaller one', () => {
    // A lane for each of 8 GPUs, and 22 layers beside each other.
    const long = CLEAN_PLAN.replace('layers = 2,', 'layers = 22,');
    const folder = folderWith({ 'long.moeplan': long });
    const options = ['graph', 'long.moeplan', '--format', 'png', '-o', 'graph.png'];
    const { code, err } = moeplan([...options, '--unfold'], folder);
    expect([code, readdirSync(folder)]).toEqual([2, ['long.moeplan']]);
    expect(err).toMatch(/\d{5} x \d+.*write SVG.*leave out --unfold/);
    expect(moeplan(options, folder).code).toBe(0);
  });

  test('is refused without naming an option that was not given', () => {
    const args = [
      'graph',
      EXAMPLE,
      '--deployment',
      'proposed',
      '--format',
      'png',
      '-o',
      join(folderWith({}), 'graph.png'),
    ];
    const refused = (...options: readonly string[]) => moeplan([...args, '--width', '590', ...options]).err;
    expect(refused()).toMatch(/590 pixels wide; write SVG, or leave out --width\n$/);
    expect(refused('--fold')).toMatch(/; write SVG, or leave out --fold and --width\n$/);
    expect(refused('--unfold')).toMatch(/; write SVG, or leave out --unfold and --width\n$/);
  });

  test('is refused by a command line without the packages that draw, with other ways; SVG is not', () => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN });
    // As in the extension, which is packed without what is beside the bundles.
    cpSync(dirname(bundle('moeplan.mjs')), join(folder, 'dist'), { recursive: true });
    const run = (format: string) => {
      const args = ['dist/moeplan.mjs', 'graph', 'plan.moeplan', '--format', format];
      return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
    };
    const { status, stdout, stderr } = run('png');
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^moeplan: PNG needs .*@resvg\/resvg-wasm.*Export, PNG in the preview.*npm ci.*--theme light/,
    );
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(run('svg').status).toBe(0);
  });

  describe('of a plan whose names Roboto cannot write', () => {
    const plan = CLEAN_PLAN.replace('deployment plan', 'deployment 漢字');
    const draw = (...options: readonly string[]) => {
      const folder = folderWith({ 'plan.moeplan': plan });
      for (const [name, characters] of [
        ['both', '漢字'],
        ['one', '漢'],
      ] as const)
        writeFileSync(join(folder, `${name}.ttf`), squareFont(characters));
      const ran = moeplan(['graph', 'plan.moeplan', '--fold', '--format', 'png', '-o', 'g.png', ...options], folder);
      return { ...ran, pixels: readPng(readFileSync(join(folder, 'g.png'))) };
    };
    /** The second letter of the title, which is 20 units high: its middle, where a square is filled and an empty box is not. */
    const isFilled = ({ pixels }: ReturnType<typeof draw>) =>
      pixels.at(2 * 24 + 60, 2 * 38 - 16) === PALETTES.light.text;

    test('names the letters and the remedy on standard error, and draws the rest', () => {
      const { code, err } = draw();
      expect(code).toBe(0);
      expect(err).toBe(
        'moeplan: warning: no font has 字 漢: drawn as empty boxes; name a font file that has them with --font, or write SVG\n',
      );
    });

    test('writes them with a font that has them', () => {
      const with_ = draw('--font', 'both.ttf');
      expect([with_.code, with_.err]).toEqual([0, '']);
      expect([isFilled(draw()), isFilled(with_)]).toEqual([false, true]);
    });

    test('asks several fonts, and names what none has', () => {
      expect(draw('--font', 'one.ttf').err).toContain('no font has 字:');
      expect(draw('--font', 'one.ttf', '--font', 'both.ttf').err).toBe('');
    });
  });

  test('is for no terminal, which would show its bytes as letters', async () => {
    const before = Object.getOwnPropertyDescriptor(process.stdout, 'isTTY');
    Object.defineProperty(process.stdout, 'isTTY', { value: true, configurable: true });
    try {
      const drawn = graph(
        join(projectRoot, EXAMPLE),
        { format: 'png', deployment: 'proposed' },
        shippedBeside(bundle('moeplan.mjs')),
      );
      await expect(drawn).rejects.toThrow(/standard output is a terminal.*`-o graph\.png`/);
    } finally {
      if (before) Object.defineProperty(process.stdout, 'isTTY', before);
      else Reflect.deleteProperty(process.stdout, 'isTTY');
    }
  });
});
