/**
 * Exported SVGs in the programs that people open them in, where these are installed: each draws the pictures, and their
 * pixels are looked at (`svgPixels.ts`). resvg, which is a package of the project, is in `test/cli`. Exits with 77, the
 * usual code of a check that could not run, where none of them is here.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath, temporaryFolder } from '../../scripts/vscode/processes.ts';
import { exportedPictures } from '../support/exportedPictures.ts';
import { readPng } from '../support/png.ts';
import { wrongPixels } from '../support/svgPixels.ts';

const NOT_RUN = 77;

interface Reader {
  readonly name: string;
  readonly program: string;
  /** Arguments that make `folder/NAME.png` of each `NAME.svg` in the folder, one unit to a pixel. */
  readonly runs: (names: readonly string[], folder: string) => readonly (readonly string[])[];
}

const READERS: readonly Reader[] = [
  {
    name: 'librsvg',
    program: 'rsvg-convert',
    runs: (names) => names.map((name) => [`${name}.svg`, '-o', `${name}.png`]),
  },
  {
    name: 'Inkscape',
    program: 'inkscape',
    runs: (names) => [['--export-type=png', '--export-dpi=96', ...names.map((name) => `${name}.svg`)]],
  },
  {
    name: 'LibreOffice',
    program: 'soffice',
    runs: (names, folder) => [
      [
        `-env:UserInstallation=file://${join(folder, 'profile')}`,
        '--headless',
        ...['--convert-to', 'png'],
        ...names.map((name) => `${name}.svg`),
      ],
    ],
  },
];

const pictures = exportedPictures().map((picture) => ({ ...picture, file: `${picture.name}-${picture.theme}` }));
const temporary = temporaryFolder('readers');
let ran = 0;
for (const { name, program, runs } of READERS) {
  const path = findOnPath(program);
  if (path === undefined) {
    process.stdout.write(`${name} (${program}) is not here: not run\n`);
    continue;
  }
  ran += 1;
  const folder = join(temporary.path, program);
  mkdirSync(folder);
  for (const { file, svg } of pictures) writeFileSync(join(folder, `${file}.svg`), svg);
  const files = pictures.map(({ file }) => file);
  for (const args of runs(files, folder)) {
    const { status, stderr } = spawnSync(path, args, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
  }
  const wrong = pictures.flatMap(({ file, theme, svg }) =>
    wrongPixels(svg, theme, readPng(readFileSync(join(folder, `${file}.png`)))).map((each) => `${file}: ${each}`),
  );
  process.stdout.write(`${name}: ${pictures.length} pictures, ${wrong.length} places wrong\n`);
  for (const each of wrong.slice(0, 20)) process.stdout.write(`  ${each}\n`);
  if (wrong.length > 0) process.exitCode = 1;
}
if (ran === 0) process.exitCode = NOT_RUN;
