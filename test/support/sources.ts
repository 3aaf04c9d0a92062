import type { Sources } from '../../server/src/language/source.ts';
import { WORKSPACE } from './annotations.ts';

/** A small catalogue for tests that are not about the shipped one. */
export const TEST_CATALOG: ReadonlyMap<string, string> = new Map([
  [
    'file:///catalog/hardware.moeplan',
    [
      'gpu H100-SXM { family = hopper, memory = 80 GiB, bandwidth = 3.35 TB/s, bf16 = 989 TFLOP/s }',
      'node DGX-H100 { gpu = H100-SXM, gpus = 8, scale-up = 450 GB/s, scale-out = 50 GB/s }',
      '',
    ].join('\n'),
  ],
]);

/** Files in memory: paths are resolved as URLs, and whatever is not below `file:///workspace/` is outside. */
export function memorySources(
  files: ReadonlyMap<string, string>,
  catalog: ReadonlyMap<string, string> = TEST_CATALOG,
): Sources {
  const all = [...files.keys(), ...catalog.keys()];
  return {
    unread: (uri) => (all.some((each) => each.startsWith(`${uri}/`)) ? 'folder' : undefined),
    read: (uri) => files.get(uri) ?? catalog.get(uri),
    resolve: (fromUri, path) => {
      const base = URL.parse(path, fromUri);
      return base?.href.startsWith(WORKSPACE) ? { uri: base.href } : { outside: true };
    },
    catalog: () => [...catalog.keys()],
  };
}

/** The sources and the root of one text. */
export function oneFile(text: string): { readonly root: string; readonly sources: Sources } {
  const root = `${WORKSPACE}main.moeplan`;
  return { root, sources: memorySources(new Map([[root, text]])) };
}
