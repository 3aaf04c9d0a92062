import type { Given } from '../../engines/launch.ts';
import { engineCommands, finding, versionOf, workerOf } from '../commands.ts';
import type { LaunchFile, LaunchForm, ReadBeside, Worker } from '../launch.ts';
import { at, type Entry, entriesOf, itemsOf, numberAt, readYaml, type Tree, textAt } from '../yaml.ts';

/** Compose files of Docker: each service that starts an engine. `${NAME:-default}` has its default. */
export const compose: LaunchForm = {
  name: 'a compose file',
  read(file, beside) {
    const { documents } = readYaml(file.text);
    const [tree] = documents;
    if (documents.length !== 1 || at(tree, 'kind')) return [];
    const workers = entriesOf(at(tree, 'services')).flatMap((service) => workerIn(service, file, beside));
    const [prefill, decode] = (['prefill', 'decode'] as const).map((part) => workers.find(({ role }) => role === part));
    if (prefill && decode) return [{ workers: [prefill, decode], notes: [] }];
    return workers.map((worker) => ({ title: worker.name ?? '', workers: [worker], notes: [] }));
  },
};

function workerIn({ key, value }: Entry, file: LaunchFile, beside: ReadBeside): readonly Worker[] {
  const image = at(value, 'image');
  const source = [at(value, 'entrypoint'), at(value, 'command')].flatMap((tree) => (tree ? [tree] : []));
  const written = source.map(shellText).join(' ');
  if (!image && source.length === 0) return [];
  // The words behind an image are arguments of what it starts by itself, unless they name a program.
  const name = textAt(image) ?? '';
  const text = at(value, 'entrypoint') || name === '' ? written : `docker run ${quoted(name)} ${written}`;
  const environment = environmentOf(at(value, 'environment'), file.uri);
  const variables = new Map([...environment].map(([variable, { value: text }]) => [variable, String(text)]));
  const [first, last] = [source[0] ?? image, source.at(-1) ?? image];
  const region = { uri: file.uri, span: { start: first?.span.start ?? 0, end: last?.span.end ?? 0 } };
  const [command] = engineCommands({ text, locate: finding(text, region, file), file }, beside, variables);
  if (!command) return [];
  const worker = workerOf(command);
  const version = worker.version ?? versionOf([name]);
  const replicas = numberAt(at(value, 'deploy', 'replicas')) ?? numberAt(at(value, 'scale'));
  const gpus = gpusOf(value);
  const isPart = /prefill|decode/i.exec(key)?.[0].toLowerCase();
  return [
    {
      ...worker,
      ...(version !== undefined && { version }),
      role: worker.role === 'both' && (isPart === 'prefill' || isPart === 'decode') ? isPart : worker.role,
      name: key,
      environment: new Map([...environment, ...worker.environment]),
      count: replicas ?? 1,
      ...(gpus !== undefined && { gpus }),
    },
  ];
}

/** GPUs that a service reserves; `all` says nothing. */
function gpusOf(service: Tree): number | undefined {
  const [device] = itemsOf(at(service, 'deploy', 'resources', 'reservations', 'devices'));
  const ids = itemsOf(at(device, 'device_ids'));
  return ids.length > 0 ? ids.length : numberAt(at(device, 'count'));
}

/** `environment` is a mapping, or a list of `NAME=value`. */
function environmentOf(tree: Tree | undefined, uri: string): ReadonlyMap<string, Given> {
  const mapped = entriesOf(tree).map(({ key, keySpan, value }) => {
    const place = { uri, span: { start: keySpan.start, end: Math.max(keySpan.end, value.span.end) } };
    return [key, { name: key, value: textAt(value) ?? null, place }] as const;
  });
  const listed = itemsOf(tree).flatMap((item) => {
    const [, name, value] = /^(\w+)=([\s\S]*)$/.exec(textAt(item) ?? '') ?? [];
    return name === undefined ? [] : [[name, { name, value: value ?? '', place: { uri, span: item.span } }] as const];
  });
  return new Map([...mapped, ...listed]);
}

/** A text is words of a shell; of a list each item is a word. Variables stay variables, and `$$` is a dollar. */
function shellText(tree: Tree): string {
  if (tree.kind !== 'list') return (textAt(tree) ?? '').replace(/\n/g, ' ');
  return tree.items.map((item) => quoted(textAt(item) ?? '')).join(' ');
}

function quoted(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return text.includes('$') ? `"${text.replace(/[\\"`]/g, '\\$&')}"` : `'${text.replace(/'/g, "'\\''")}'`;
}
