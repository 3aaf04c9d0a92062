/**
 * The language server in a second real editor: Neovim, headless, with its own language client (`drive.lua`).
 * Run after a build. Exits with 77, the usual code of a check that could not run, where there is no Neovim and none
 * can be installed.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { canInstall, installPackages } from '../../scripts/vscode/debian.ts';
import { isRecord } from '../../scripts/vscode/json.ts';
import { findOnPath, temporaryFolder } from '../../scripts/vscode/processes.ts';
import { bundle } from '../support/dist.ts';

const NOT_RUN = 77;

const plan = `model model-a {
  layers = 2, hidden = 1024, weights = bf16
  attention { heads = 8, head-size = 128 }
  experts { count = 8, top-k = 2, ffn = 4096 }
}
workload few { sequences = 8, length = 128 tokens }
cluster one { node = DGX-H100, count = 1 }
deployment plan {
  model = model-a, cluster = one, workload = few
  parallel { ep = 7 }
}
`;

const neovim = await findNeovim();
if (neovim === undefined) {
  process.stdout.write('Neovim is not here and cannot be installed (that takes root on Debian): not run.\n');
  process.exit(NOT_RUN);
}
process.stdout.write(`${spawnSync(neovim, ['--version'], { encoding: 'utf8' }).stdout.split('\n')[0]}\n`);
const seen = drive(neovim);

check('shows the error of the plan at its place', () => {
  assert.ok(Array.isArray(seen.diagnostics));
  const errors = seen.diagnostics.filter((each) => isRecord(each) && each.severity === 1);
  assert.deepEqual(errors, [{ line: 10, column: 14, severity: 1, code: 'parallel-mismatch', source: 'moeplan' }]);
});
check('hovers over a node of the catalogue', () => {
  assert.match(String(seen.hover), /DGX-H100/);
  assert.match(String(seen.hover), /\bgpu\s*=\s*H100-SXM\b/);
  assert.match(String(seen.hover), /\bgpus\s*=\s*8\b/);
});
check('goes to the definition of a model', () => assert.deepEqual(seen.definition, { line: 1, column: 7 }));
check('renames a model everywhere', () => assert.equal(`${seen.renamed}\n`, plan.replaceAll('model-a', 'renamed')));
check('completes the nodes of the catalogue', () => {
  assert.ok(Array.isArray(seen.completions));
  for (const node of ['DGX-H100', 'DGX-H200']) assert.ok(seen.completions.includes(node), seen.completions.join());
});
check('says what a value may be', () => assert.equal(seen.signature, 'node = the name of a node'));
check('offers a fix for the error', () => {
  assert.ok(Array.isArray(seen.fixes));
  assert.ok(
    seen.fixes.some((title) => /`ep = 8`/.test(String(title))),
    seen.fixes.join(),
  );
});
check('formats the plan', () => assert.equal(seen.formatted, seen.mended));
check('takes the error away when the plan is mended', () => {
  assert.equal(`${seen.mended}\n`, plan.replaceAll('model-a', 'renamed').replace('ep = 7', 'ep = 8'));
});

async function findNeovim(): Promise<string | undefined> {
  const found = findOnPath('nvim');
  if (found !== undefined || !canInstall()) return found;
  await installPackages(['neovim'], 'about 15 MB');
  return findOnPath('nvim');
}

/** What the script saw; throws with what Neovim printed where the script came to no end. */
function drive(editor: string): Readonly<Record<string, unknown>> {
  const folder = temporaryFolder('neovim').path;
  const output = join(folder, 'seen.json');
  writeFileSync(join(folder, 'plan.moeplan'), plan);
  const script = join(import.meta.dirname, 'drive.lua');
  // An error of the script ends Neovim with a code; nothing of the user's own setup is loaded.
  const quit = `lua local good, reason = pcall(dofile, ${JSON.stringify(script)}) if not good then print(reason) vim.cmd('cquit') end`;
  const args = ['--headless', '-u', 'NONE', '-i', 'NONE', '-n', 'plan.moeplan', '-c', quit, '-c', 'qall!'];
  const { status, stdout, stderr } = spawnSync(editor, args, {
    cwd: folder,
    encoding: 'utf8',
    timeout: 600_000,
    env: {
      ...process.env,
      XDG_STATE_HOME: folder,
      XDG_CACHE_HOME: folder,
      XDG_DATA_HOME: folder,
      MOEPLAN_SERVER: JSON.stringify([process.execPath, bundle('moeplan.mjs'), 'lsp', '--stdio']),
      MOEPLAN_SEEN: output,
    },
  });
  if (status !== 0) throw new Error(`Neovim ended with ${status}:\n${stdout}${stderr}`);
  const read: unknown = JSON.parse(readFileSync(output, 'utf8'));
  assert.ok(isRecord(read));
  return read;
}

function check(title: string, assertion: () => void): void {
  try {
    assertion();
    process.stdout.write(`  ok ${title}\n`);
  } catch (error) {
    process.exitCode = 1;
    process.stdout.write(`  FAILED ${title}\n${error instanceof Error ? error.message : String(error)}\n`);
  }
}
