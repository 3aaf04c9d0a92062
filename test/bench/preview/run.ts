/**
 * Part of `npm run bench`: how long a reader of the preview waits. Layouts against engines in common use, answers of the
 * built server, and the built page in a real browser. It prints tables and writes `out/bench-preview.json`; it fails
 * nothing. `node test/bench/preview/run.ts [layouts|answers|frames]` runs a part.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from '../../support/dist.ts';
import { measureAnswers } from './answers.ts';
import { measureFrames } from './frames.ts';
import { measureLayouts } from './layouts.ts';
import { print, type Row } from './rows.ts';

const PARTS = [
  ['answers', 'preview, server over stdio', measureAnswers],
  ['frames', 'preview page, Chromium without a graphics card', measureFrames],
  ['layouts', 'layout, time of the processor in this process', measureLayouts],
] as const;

const words = process.argv.slice(2);
const results: Record<string, readonly Row[]> = {};
for (const [name, title, measure] of PARTS) {
  if (words.length > 0 && !words.includes(name)) continue;
  results[name] = await measure();
  print(title, results[name]);
}
mkdirSync(join(projectRoot, 'out'), { recursive: true });
writeFileSync(
  join(projectRoot, 'out/bench-preview.json'),
  `${JSON.stringify({ node: process.version, cpus: cpus().length, ...results }, undefined, 2)}\n`,
);
console.log('\nwrote out/bench-preview.json');
