import type { Given } from '../../engines/launch.ts';
import type { Span } from '../../language/span.ts';
import type { PoolRole } from '../../plan/deployment.ts';
import { engineCommands, finding, versionOf, workerOf } from '../commands.ts';
import type { Launch, LaunchFile, LaunchForm, ReadBeside, Worker } from '../launch.ts';
import { at, entriesOf, itemsOf, numberAt, readYaml, type Tree, textAt } from '../yaml.ts';

/** A group of equal pods: how many, on how many machines each, and what they run. */
interface Pods {
  readonly name: string;
  readonly role: PoolRole | undefined;
  readonly replicas: number;
  readonly size: number;
  readonly containers: readonly Tree[];
  /** Volumes of its pods. */
  readonly volumes: Tree | undefined;
}

/** A file that a ConfigMap holds. */
interface MappedFile {
  readonly map: string;
  readonly name: string;
  readonly text: string;
  readonly span: Span;
}

/**
 * Manifests of Kubernetes that start an engine: Deployment, StatefulSet, Pod and Job, LeaderWorkerSet (llm-d), and Dynamo's
 * DynamoGraphDeployment. ConfigMaps of the same file are read where a command names a file of theirs.
 */
export const kubernetes: LaunchForm = {
  name: 'a manifest of Kubernetes',
  read(file, beside) {
    const { documents } = readYaml(file.text);
    if (!documents.some((tree) => at(tree, 'apiVersion') && at(tree, 'kind'))) return [];
    const mapped = documents.filter((tree) => textAt(at(tree, 'kind')) === 'ConfigMap').flatMap(filesOf);
    const workers = documents.flatMap(podsOf).flatMap((pods) => workersOf(pods, file, mapped, beside));
    return launchesOf(workers);
  },
};

function filesOf(configMap: Tree): readonly MappedFile[] {
  const map = textAt(at(configMap, 'metadata', 'name')) ?? '';
  return entriesOf(at(configMap, 'data')).map(({ key, value }) => ({
    map,
    name: key,
    text: textAt(value) ?? '',
    span: value.span,
  }));
}

/** Reads what a container names: from the ConfigMap that is mounted there, or from any that has a file of that name. */
function readingIn(
  container: Tree,
  { volumes }: Pods,
  file: LaunchFile,
  mapped: readonly MappedFile[],
  beside: ReadBeside,
): ReadBeside {
  const mounts = itemsOf(at(container, 'volumeMounts')).map((mount) => {
    const volume = itemsOf(volumes).find((tree) => textAt(at(tree, 'name')) === textAt(at(mount, 'name')));
    return { path: textAt(at(mount, 'mountPath')) ?? '', map: textAt(at(volume, 'configMap', 'name')) };
  });
  return (path) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const map = mounts.find((mount) => path === mount.path || path.startsWith(`${mount.path}/`))?.map;
    const named = mapped.filter((one) => one.name === name);
    const found = named.find((one) => one.map === map) ?? named[0];
    if (!found) return beside(path);
    const { uri } = file;
    return { uri, text: found.text, locate: finding(found.text, { uri, span: found.span }, file) };
  };
}

function launchesOf(workers: readonly Worker[]): readonly Launch[] {
  if (workers.length === 0) return [];
  const order: readonly PoolRole[] = ['prefill', 'decode', 'both'];
  const sorted = workers.toSorted((left, right) => order.indexOf(left.role) - order.indexOf(right.role));
  const perNode = workers.flatMap(({ gpus, nodes, count }) => (gpus && nodes ? [(gpus * count) / nodes] : []))[0];
  return [{ workers: sorted, ...(perNode !== undefined && { machines: { gpusPerNode: perNode } }), notes: [] }];
}

function podsOf(tree: Tree): readonly Pods[] {
  const kind = textAt(at(tree, 'kind'));
  const name = textAt(at(tree, 'metadata', 'name')) ?? '';
  const labels = [at(tree, 'metadata', 'labels'), at(tree, 'spec', 'template', 'metadata', 'labels')];
  const replicas = numberAt(at(tree, 'spec', 'replicas')) ?? 1;
  switch (kind) {
    case 'LeaderWorkerSet': {
      const template = at(tree, 'spec', 'leaderWorkerTemplate');
      const spec = at(template, 'leaderTemplate', 'spec') ?? at(template, 'workerTemplate', 'spec');
      const size = numberAt(at(template, 'size')) ?? 1;
      const containers = itemsOf(at(spec, 'containers'));
      return [{ name, role: roleIn(name, labels), replicas, size, containers, volumes: at(spec, 'volumes') }];
    }
    case 'Deployment':
    case 'StatefulSet':
    case 'Job': {
      const spec = at(tree, 'spec', 'template', 'spec');
      const containers = itemsOf(at(spec, 'containers'));
      return [{ name, role: roleIn(name, labels), replicas, size: 1, containers, volumes: at(spec, 'volumes') }];
    }
    case 'Pod': {
      const spec = at(tree, 'spec');
      const containers = itemsOf(at(spec, 'containers'));
      return [{ name, role: roleIn(name, labels), replicas: 1, size: 1, containers, volumes: at(spec, 'volumes') }];
    }
    case 'DynamoGraphDeployment':
      return dynamoPods(tree);
    default:
      return [];
  }
}

/** Dynamo names its parts `services`, newer releases a list of `components`. */
function dynamoPods(tree: Tree): readonly Pods[] {
  const services = entriesOf(at(tree, 'spec', 'services')).map(({ key, value }) => ({ name: key, part: value }));
  const components = itemsOf(at(tree, 'spec', 'components')).map((part) => ({
    name: textAt(at(part, 'name')) ?? '',
    part,
  }));
  return [...services, ...components].map(({ name, part }) => {
    const main = at(part, 'extraPodSpec', 'mainContainer') ?? itemsOf(at(part, 'podTemplate', 'spec', 'containers'))[0];
    // Limits and variables stand beside the container, and are read as if they stood in it.
    const container: Tree | undefined =
      main?.kind === 'map' && part.kind === 'map'
        ? {
            ...main,
            entries: [...main.entries, ...part.entries.filter(({ key }) => key === 'resources' || key === 'envs')],
          }
        : main;
    const type = textAt(at(part, 'subComponentType')) ?? '';
    return {
      name,
      role: /prefill/i.test(type) ? 'prefill' : /decode/i.test(type) ? 'decode' : roleIn(name, []),
      replicas: numberAt(at(part, 'replicas')) ?? 1,
      size: numberAt(at(part, 'multinode', 'nodeCount')) ?? 1,
      containers: container ? [container] : [],
      volumes: at(part, 'extraPodSpec', 'volumes') ?? at(part, 'podTemplate', 'spec', 'volumes'),
    };
  });
}

function roleIn(name: string, labels: readonly (Tree | undefined)[]): PoolRole | undefined {
  const role = labels.map((tree) => textAt(at(tree, 'llm-d.ai/role'))).find((text) => text !== undefined) ?? name;
  return /prefill/i.test(role) ? 'prefill' : /decode/i.test(role) ? 'decode' : undefined;
}

function workersOf(pods: Pods, file: LaunchFile, mapped: readonly MappedFile[], beside: ReadBeside): readonly Worker[] {
  return pods.containers.flatMap((container) => {
    const environment = environmentOf(container, file.uri);
    const limits = at(container, 'resources', 'limits') ?? at(container, 'resources', 'requests');
    const gpus = numberAt(at(limits, 'nvidia.com/gpu') ?? at(limits, 'amd.com/gpu') ?? at(limits, 'gpu'));
    const variables = new Map([...environment].map(([name, { value }]) => [name, String(value)]));
    // LeaderWorkerSet tells every pod how many there are; the first one leads.
    for (const [name, value] of [
      ['LWS_GROUP_SIZE', pods.size],
      ['LWS_WORKER_INDEX', 0],
    ] as const)
      if (!variables.has(name)) variables.set(name, String(value));
    const scripts = scriptsOf(container);
    const [first, last] = [scripts.source[0], scripts.source.at(-1)];
    const region = { uri: file.uri, span: { start: first?.span.start ?? 0, end: last?.span.end ?? 0 } };
    const locate = finding(scripts.text, region, file);
    const [command] = engineCommands(
      { text: scripts.text, locate, file },
      readingIn(container, pods, file, mapped, beside),
      variables,
    );
    if (!command) return [];
    const worker = workerOf(command);
    const version = worker.version ?? versionOf([textAt(at(container, 'image')) ?? '']);
    return [
      {
        ...worker,
        ...(version !== undefined && { version }),
        role: command.role ?? pods.role ?? 'both',
        ...(pods.name !== '' && { name: pods.name }),
        environment: new Map([...environment, ...worker.environment]),
        count: pods.replicas,
        ...(gpus !== undefined && { gpus: gpus * pods.size, nodes: pods.size * pods.replicas }),
      },
    ];
  });
}

function environmentOf(container: Tree, uri: string): ReadonlyMap<string, Given> {
  return new Map(
    [...itemsOf(at(container, 'env')), ...itemsOf(at(container, 'envs'))].flatMap((item) => {
      const [name, value] = [textAt(at(item, 'name')), textAt(at(item, 'value'))];
      return name === undefined || value === undefined
        ? []
        : [[name, { name, value, place: { uri, span: item.span } }]];
    }),
  );
}

/** `command` and `args` of a container as one script. A list whose first word is a shell holds the script itself. */
function scriptsOf(container: Tree): { readonly text: string; readonly source: readonly Tree[] } {
  const source = [at(container, 'command'), at(container, 'args')].flatMap((tree) =>
    tree?.kind === 'list' ? tree.items : tree ? [tree] : [],
  );
  const texts = source.flatMap((tree) => textAt(tree) ?? []);
  const script = texts.findIndex((text) => /\n|^\s*(?:exec )?(?:vllm|python3?|trtllm-serve|sglang) /.test(text));
  if (/(?:^|\/)(?:ba)?sh$/.test(texts[0] ?? '') && script > 0) return { text: texts[script] ?? '', source };
  return {
    text: texts
      .map((text) => (/^[\w@%+=:,./-]+$/.test(text) || /^\$\{?\w+\}?$/.test(text) ? text : quoted(text)))
      .join(' '),
    source,
  };
}

function quoted(text: string): string {
  return `'${text.replace(/'/g, "'\\''")}'`;
}
