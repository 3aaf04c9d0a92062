/**
 * `npm run pictures`: takes the pictures of README anew, as `media/*.png`. They show a real VS Code with the packed
 * extension, driven by `test/vscode/drive/readme.ts`, which also checks what they show. Run after a build.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Frame, movingPicture } from './movingPicture.ts';
import { packExtension } from './pack.ts';
import { projectRoot } from './paths.ts';
import { temporaryFolder } from './processes.ts';

const scratch = temporaryFolder('pictures');
// The name of the folder is seen.
const folder = join(scratch.path, 'plans');
cpSync(join(projectRoot, 'examples'), folder, { recursive: true });
const pictures = join(scratch.path, 'pictures');
mkdirSync(pictures);
const vsix = await packExtension(join(scratch.path, 'moeplan.vsix'));
const drive = join(projectRoot, 'test', 'vscode', 'drive.ts');
const child = fork(drive, ['--folder', folder, '--vsix', vsix, '--readme'], {
  env: { ...process.env, MOEPLAN_SCREENSHOTS: pictures },
  stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
});
const [status]: readonly unknown[] = await once(child, 'close');
if (status !== 0) throw new Error(`the drive ended with status ${String(status)}; nothing was replaced`);
const frames: Frame[] = [];
for (const name of readdirSync(pictures).sort()) {
  // `moving-03-1500.png`: a frame, and for how many milliseconds it is seen.
  const [, milliseconds] = /^moving-\d+-(\d+)\.png$/.exec(name) ?? [];
  if (milliseconds !== undefined) {
    frames.push({ png: readFileSync(join(pictures, name)), milliseconds: Number(milliseconds) });
    continue;
  }
  copyFileSync(join(pictures, name), join(projectRoot, 'media', name));
  process.stdout.write(`media/${name}\n`);
}
writeFileSync(join(projectRoot, 'media/moving.png'), movingPicture(frames));
process.stdout.write('media/moving.png\n');
scratch.remove();
