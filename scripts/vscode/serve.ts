import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CodeServer, ensureCodeServer } from './install.ts';
import { readRecord } from './json.ts';
import { type ProcessTree, runQuietly, startTree, temporaryFolder } from './processes.ts';
import { quietSettings, type Settings, writeSettings } from './settings.ts';

export interface ServeOptions {
  /** The folder that is opened. */
  readonly folder: string;
  /** A file that is opened in it. */
  readonly file?: string;
  /** The extension under development, an unpacked folder; only the address of `url` loads it. */
  readonly extensionPath?: string;
  /** An unpacked extension that is as good as installed: loaded under whatever address. */
  readonly installedPath?: string;
  /** The module whose `run` the extension host calls once it is up, in place of a user. */
  readonly testsPath?: string;
  /** A packed extension that is installed before the start. */
  readonly vsix?: string;
  /** Where the editor keeps its user's state; a temporary folder by default. */
  readonly userDataDir?: string;
  /** Settings in place of the quiet ones; they are written before the start. */
  readonly settings?: Settings;
  /** Which built-in extensions to load, by the names of their folders: the fewer, the faster. */
  readonly builtInExtensions?: RegExp;
  /** Workspace trust works as it does for users; without it every folder is trusted. */
  readonly restricted?: boolean;
  /** Variables for the server, and so for extensions, beside the inherited ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** The port on 127.0.0.1; a free one by default. */
  readonly port?: number;
  /** Called with each line that the server prints. */
  readonly onLine?: (line: string) => void;
}

/** A VS Code that is served on 127.0.0.1 until it is stopped. */
export interface ServedEditor {
  /** The address that opens the folder, with the extension in it. */
  readonly url: string;
  /** Resolves with the server's exit status when it ends, by `stop` or by itself. */
  readonly exited: Promise<number>;
  /** Ends the server and everything that it started, and removes its temporary folders. */
  stop(): Promise<void>;
}

/** The built-in extensions that a person who edits plans, reports and pictures would miss. */
const usualExtensions =
  /^(configuration-editing|diff|json.*|log|markdown-(basics|language-features)|media-preview|search-result|theme-.*|xml|yaml)$/;

/** Starts a real VS Code as a server, and resolves when its page can be opened. */
export async function startCodeServer(options: ServeOptions): Promise<ServedEditor> {
  const server = await ensureCodeServer();
  const home = temporaryFolder('vscode');
  const userDataDir = options.userDataDir ?? join(home.path, 'user');
  const extensionsDir = join(home.path, 'extensions');
  const config = join(home.path, 'config.yaml');
  mkdirSync(extensionsDir, { recursive: true });
  writeFileSync(config, '');
  writeSettings(userDataDir, options.settings ?? quietSettings);

  if (options.installedPath !== undefined) linkExtension(extensionsDir, options.installedPath);
  const shared = ['--config', config, '--user-data-dir', userDataDir, '--extensions-dir', extensionsDir];
  const env = serverEnvironment(server, home.path, options);
  if (options.vsix !== undefined) {
    await runQuietly(process.execPath, [server.entry, ...shared, '--install-extension', resolve(options.vsix)], {
      env,
    });
  }
  let listening: { readonly tree: ProcessTree; readonly port: number };
  try {
    listening = await listen(
      server,
      [
        ...shared,
        ...(options.restricted ? [] : ['--disable-workspace-trust']),
        '--bind-addr',
        `127.0.0.1:${options.port ?? 0}`,
      ],
      env,
      options,
    );
  } catch (error) {
    home.remove();
    throw error;
  }
  const { tree, port } = listening;
  return {
    url: pageAddress(port, options),
    exited: tree.exited,
    async stop() {
      await tree.stop();
      home.remove();
    },
  };
}

/** Installs an unpacked extension by a link under the name that an installed one would have. */
function linkExtension(extensionsDir: string, path: string): void {
  const { publisher, name, version } = readRecord(join(path, 'package.json'));
  // A junction is what Windows lets an ordinary user make; elsewhere the word means nothing.
  symlinkSync(resolve(path), join(extensionsDir, `${publisher}.${name}-${version}`), 'junction');
}

function listen(
  server: CodeServer,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  options: ServeOptions,
): Promise<{ tree: ProcessTree; port: number }> {
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    const tree = startTree(process.execPath, [server.entry, ...args, ...serverFlags], {
      env,
      onLine(line) {
        options.onLine?.(line);
        lines.push(line);
        const port = /HTTP server listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(line)?.[1];
        if (port !== undefined) resolve({ tree, port: Number(port) });
      },
    });
    tree.exited.then((status) => {
      reject(new Error(`code-server ended with status ${status} before it listened:\n${lines.slice(-20).join('\n')}`));
    }, reject);
  });
}

const serverFlags: readonly string[] = [
  '--auth',
  'none',
  '--disable-telemetry',
  '--disable-update-check',
  '--disable-getting-started-override',
  '--ignore-last-opened',
  // Without it VS Code ignores the payload of the address: no development extension, no tests.
  '--vscode-option',
  'enable-smoke-test-driver',
];

/**
 * What the server and the extensions in it see: a home of their own, no gallery to look things up
 * in, and nothing of an editor or an npm run that this process itself may have been started from.
 */
function serverEnvironment(server: CodeServer, home: string, options: ServeOptions): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (!/^(npm_|VSCODE_|ELECTRON_|NODE_OPTIONS$|INIT_CWD$|PORT$|PASSWORD$)/i.test(name)) env[name] = value;
  }
  const runtime = join(home, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  Object.assign(env, {
    HOME: home,
    USERPROFILE: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    XDG_DATA_HOME: join(home, 'data'),
    XDG_CACHE_HOME: join(home, 'cache'),
    XDG_STATE_HOME: join(home, 'state'),
    XDG_RUNTIME_DIR: runtime,
    EXTENSIONS_GALLERY: '{"serviceUrl":""}',
    ...options.env,
  });
  env.VSCODE_SKIP_BUILTIN_EXTENSIONS = skippedExtensions(server, options.builtInExtensions ?? usualExtensions).join();
  return env;
}

/** The identifiers of all built-in extensions but those wanted. */
function skippedExtensions(server: CodeServer, wanted: RegExp): readonly string[] {
  return readdirSync(server.builtInExtensions, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !wanted.test(entry.name))
    .map((entry) => {
      const manifest = readRecord(join(server.builtInExtensions, entry.name, 'package.json'));
      return `${manifest.publisher}.${manifest.name}`;
    });
}

function pageAddress(port: number, options: ServeOptions): string {
  const remote = (path: string) => `vscode-remote://127.0.0.1:${port}${pathToFileURL(resolve(path)).pathname}`;
  const payload: [string, string][] = [];
  if (options.extensionPath !== undefined) payload.push(['extensionDevelopmentPath', remote(options.extensionPath)]);
  if (options.testsPath !== undefined) payload.push(['extensionTestsPath', remote(options.testsPath)]);
  if (options.file !== undefined) payload.push(['openFile', remote(options.file)]);
  const folder = pathToFileURL(resolve(options.folder)).pathname;
  const query = `folder=${inQuery(folder)}`;
  return `http://127.0.0.1:${port}/?${query}${payload.length > 0 ? `&payload=${inQuery(JSON.stringify(payload))}` : ''}`;
}

/** Encodes no more than it must, since a person reads and copies the address. */
function inQuery(value: string): string {
  return encodeURI(value).replace(/[&#+]/g, encodeURIComponent);
}
