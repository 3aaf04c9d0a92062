import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { bundle } from '../support/dist.ts';
import { folderWith } from '../support/folders.ts';
import { CLEAN_PLAN, shell } from './moeplan.ts';

/** The command line as if it had a mistake: it is copied without the catalogue that it takes for granted. */
test.each(['check', 'report', 'graph', 'trace', 'inspect', 'compare'])(
  'a mistake of ours in %s is one line that says whose it is, and exit code 70',
  (command) => {
    const folder = folderWith({ 'plan.moeplan': CLEAN_PLAN });
    cpSync(dirname(bundle('moeplan.mjs')), join(folder, 'dist'), { recursive: true });
    rmSync(join(folder, 'dist/catalog'), { recursive: true });
    const { code, out, err } = shell(`CLI=dist/moeplan.mjs; moeplan ${command} plan.moeplan`, folder);
    expect({ code, out }).toEqual({ code: 70, out: '' });
    expect(err).toMatch(
      /^moeplan: internal error \(.*ENOENT.*\), which is a mistake of moeplan and not yours: please report it with the command, the plan and this line\n$/,
    );
  },
);
