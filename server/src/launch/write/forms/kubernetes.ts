import { engineProfile } from '../../../engines/index.ts';
import type { LaunchHost } from '../../../engines/launchWriting.ts';
import { commandLine } from '../command.ts';
import { type FormPlace, headingOf, spreadOf, type WrittenForm } from '../form.ts';
import type { LaunchedPool } from '../plan.ts';
import { configured, type Document, FOLDER, groupName, manifest, variables } from './manifest.ts';

/** Plain manifests: a Deployment for each pool, or a LeaderWorkerSet where an instance takes several machines. */
export const kubernetes: WrittenForm = {
  title: 'manifests of Kubernetes, with LeaderWorkerSets for instances of several machines',
  write: (place) => written(place, false),
};

/** What llm-d's guides have in their folders of model servers: LeaderWorkerSets that the router finds by the label of their role. */
export const llmD: WrittenForm = {
  title: 'LeaderWorkerSets with the labels of llm-d',
  write: (place) => written(place, true),
};

function written(place: FormPlace, isLlmD: boolean): ReturnType<WrittenForm['write']> {
  const { deployment, pools } = place;
  const documents: Document[] = [];
  for (const launched of pools) {
    const { engine } = launched.pool;
    const { launch, title } = engineProfile(engine.name);
    if (!launch?.container) return { refused: `${title} trains, and manifests start what serves; take \`shell\`` };
    const isLarge = spreadOf(deployment, launched).nodes > 1;
    if (isLarge && startOf(place, launched, 0).words.includes('srun'))
      return {
        refused: `an instance of ${title} over several machines is started by MPI; take \`dynamo\` or \`srt-slurm\``,
      };
    documents.push(...groupOf(place, launched, launch.container(engine.version), isLlmD || isLarge, isLlmD));
  }
  const yours = isLlmD
    ? 'the router and its pools, paths of the model and caches, network cards, probes'
    : 'a service, paths of the model and caches, network cards, probes';
  return { files: [manifest(deployment.name, headingOf(deployment, pools, yours), documents)] };
}

function groupOf(
  place: FormPlace,
  launched: LaunchedPool,
  image: string,
  isGroup: boolean,
  isLlmD: boolean,
): readonly Document[] {
  const { pool } = launched;
  const { perNode, nodes } = spreadOf(place.deployment, launched);
  const name = groupName(place, launched);
  const { file } = startOf(place, launched, 0);
  const { documents, volumes, volumeMounts } = configured(name, file);
  const labels = { app: name, ...(isLlmD && pool.role !== 'both' && { 'llm-d.ai/role': pool.role }) };
  const template = (script: string): Document => ({
    metadata: { labels },
    spec: {
      containers: [
        {
          name: 'engine',
          image,
          command: ['/bin/bash', '-c'],
          args: [script],
          env: variables(launched),
          resources: { limits: { 'nvidia.com/gpu': String(perNode) } },
          volumeMounts,
        },
      ],
      volumes,
    },
  });
  const leader = template(scriptOf(place, launched, undefined));
  if (!isGroup)
    return [
      ...documents,
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name, labels },
        spec: { replicas: pool.replicas, selector: { matchLabels: { app: name } }, template: leader },
      },
    ];
  return [
    ...documents,
    {
      apiVersion: 'leaderworkerset.x-k8s.io/v1',
      kind: 'LeaderWorkerSet',
      metadata: { name, labels },
      spec: {
        replicas: pool.replicas,
        leaderWorkerTemplate: {
          size: nodes,
          leaderTemplate: nodes > 1 ? leader : undefined,
          workerTemplate: nodes > 1 ? template(scriptOf(place, launched, 'LWS_WORKER_INDEX')) : leader,
        },
      },
    },
  ];
}

function startOf({ deployment, model }: FormPlace, launched: LaunchedPool, node: number) {
  const { perInstance, perNode, nodes } = spreadOf(deployment, launched);
  const { pool, launch, writing } = launched;
  const host: LaunchHost = {
    name: 'options',
    node,
    nodes,
    gpusPerNode: perNode,
    gpus: perInstance,
    parallel: pool.parallel,
  };
  return launch.start(model, writing, host);
}

/**
 * The command on the first machine, or on all behind it: what grows with the machine's number there is computed from the variable
 * that counts machines.
 */
function scriptOf(place: FormPlace, launched: LaunchedPool, index: string | undefined): string {
  const { words, file } = startOf(place, launched, index === undefined ? 0 : 1);
  const next = index === undefined ? words : startOf(place, launched, 2).words;
  const placed = words.map((word, at) => {
    const [here, there] = [Number(word), Number(next[at])];
    if (index !== undefined && word !== next[at] && Number.isInteger(here) && Number.isInteger(there)) {
      const [step, first] = [there - here, here - (there - here)];
      return `$((${index} * ${step}${first === 0 ? '' : ` + ${first}`}))`;
    }
    if (word === file?.name) return `${FOLDER}/${word}`;
    return word.replace('$LEADER', '$LWS_LEADER_ADDRESS');
  });
  return `exec ${commandLine(placed)}\n`;
}
