import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build } from 'esbuild';

/**
 * Bundles everything that ships into `dist/`. Bundles target Node 20 because older VS Code runs it; the page targets
 * the browsers of the VS Code versions that `engines.vscode` allows.
 */
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dist = join(root, 'dist');

const manifest: unknown = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));
const version =
  typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '';

const common: BuildOptions = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  // Maps are for whoever works on the bundles. They are not shipped, so no bundle points at one.
  sourcemap: 'external',
  legalComments: 'none',
  logLevel: 'warning',
  define: { 'process.env.MOEPLAN_VERSION': JSON.stringify(version) },
};

const node: BuildOptions = { ...common, platform: 'node', target: 'node20' };

const browser: BuildOptions = { ...common, platform: 'browser', target: 'chrome124' };

/** All styles of the page: those of the theme and of the page first, then those of every view. */
async function styles(): Promise<string> {
  const files = await readdir(join(root, 'client/preview'), { recursive: true });
  const first = ['theme.css', 'base.css'];
  const ofViews = files.filter((name) => name.endsWith('.css') && !first.includes(name)).sort();
  return [...first, ...ofViews].map((name) => `@import './${name.replaceAll('\\', '/')}';\n`).join('');
}

const bundles: readonly BuildOptions[] = [
  {
    ...node,
    entryPoints: ['client/src/extension.ts'],
    outfile: 'dist/extension.cjs',
    format: 'cjs',
    external: ['vscode'],
  },
  { ...node, entryPoints: ['server/src/lsp/main.ts'], outfile: 'dist/server.cjs', format: 'cjs' },
  {
    ...browser,
    entryPoints: ['client/src/extension.browser.ts'],
    outfile: 'dist/extension.browser.cjs',
    format: 'cjs',
    external: ['vscode'],
  },
  { ...browser, entryPoints: ['server/src/lsp/browserMain.ts'], outfile: 'dist/server.browser.js', format: 'iife' },
  {
    ...node,
    entryPoints: [
      { in: 'server/src/cli/main.ts', out: 'moeplan' },
      { in: 'server/src/cli/search/worker.ts', out: 'searchWorker' },
    ],
    outdir: 'dist',
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    // What only one command needs is a chunk that only this command loads.
    splitting: true,
    // Only the command line of a checkout draws PNG: the package is larger than all else that the .vsix holds.
    external: ['@resvg/resvg-wasm'],
    chunkNames: 'chunks/[name]-[hash]',
    // CommonJS dependencies inside an ES module bundle call `require` for Node's own modules.
    banner: {
      js: "#!/usr/bin/env node\nimport { createRequire as __createRequire } from 'node:module';\nconst require = __createRequire(import.meta.url);",
    },
  },
  {
    ...browser,
    entryPoints: ['client/preview/main.ts'],
    outfile: 'dist/preview.js',
    format: 'iife',
  },
  {
    ...browser,
    entryPoints: ['client/markdown/main.ts'],
    outfile: 'dist/markdown.js',
    format: 'iife',
  },
  {
    ...common,
    stdin: { contents: await styles(), resolveDir: join(root, 'client/preview'), loader: 'css' },
    outfile: 'dist/preview.css',
    target: 'chrome124',
  },
];

await mkdir(dist, { recursive: true });
// The names of chunks follow their content, so those of an earlier build would stay and be packed.
await rm(join(dist, 'chunks'), { recursive: true, force: true });
await Promise.all(bundles.map((options) => build(options)));
await cp(join(root, 'server/src/catalog'), join(dist, 'catalog'), {
  recursive: true,
  filter: (path) => !path.endsWith('.ts'),
});
const catalog = (await readdir(join(dist, 'catalog'))).filter((name) => name.endsWith('.moeplan')).sort();
await writeFile(join(dist, 'catalog', 'index.json'), JSON.stringify(catalog));
console.log('built dist/');
