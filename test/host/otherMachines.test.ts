import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';

/** Node as on Windows, where the host of a URI is another machine that looking at a path asks. */
const looked: string[] = [];
vi.mock('node:url', async (original) => {
  const url = await original<typeof import('node:url')>();
  return { ...url, fileURLToPath: (uri: string) => url.fileURLToPath(uri, { windows: true }) };
});
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  return {
    ...fs,
    realpathSync: (path: string) => {
      looked.push(path);
      return path;
    },
  };
});

const { NodeSources } = await import('../../server/src/host/nodeSources.ts');

test.each(['//host/share/x.moeplan', '//host/share', '///host/share/x.moeplan', '//host@80/share/x.moeplan'])(
  '%s leads to another machine, which is not asked',
  (path) => {
    const sources = new NodeSources(mkdtempSync(join(tmpdir(), 'moeplan-')));
    sources.setRoots(['file:///C:/work']);
    looked.length = 0;
    expect(sources.resolve('file:///C:/work/plan.moeplan', path)).toEqual({ outside: true });
    expect(looked.filter((each) => /^[\\/]{2}/.test(each))).toEqual([]);
  },
);
