import { engineProfile } from '../../../engines/index.ts';
import type { YamlValue } from '../../../text/yaml.ts';
import { headingOf, spreadOf, type WrittenForm } from '../form.ts';
import { configured, type Document, FOLDER, groupName, manifest, plainName, variables } from './manifest.ts';

/**
 * A DynamoGraphDeployment (v1alpha1). The operator adds by itself what tells machines of an instance of each other
 * (ai-dynamo/dynamo, docs of multinode deployments).
 */
export const dynamo: WrittenForm = {
  title: 'a DynamoGraphDeployment with its ConfigMaps',
  write(place) {
    const { deployment, pools, model } = place;
    const services: Record<string, YamlValue> = {};
    const maps: Document[] = [];
    for (const launched of pools) {
      const { pool, writing } = launched;
      const { launch, title } = engineProfile(pool.engine.name);
      if (!launch?.dynamo) return { refused: `Dynamo starts no ${title}; take \`shell\`` };
      const image = imageOf(launch.dynamo.image);
      services.Frontend ??= { componentType: 'frontend', replicas: 1, extraPodSpec: { mainContainer: { image } } };
      const { perNode, nodes } = spreadOf(deployment, launched);
      const { words, file } = launch.dynamo.words(model, writing, pool.role);
      const { documents, volumes, volumeMounts } = configured(groupName(place, launched), file);
      maps.push(...documents);
      services[serviceName(pool.role, Object.keys(services).length)] = {
        componentType: 'worker',
        subComponentType: pool.role === 'both' ? undefined : pool.role,
        replicas: pool.replicas,
        multinode: nodes > 1 ? { nodeCount: nodes } : undefined,
        resources: { limits: { gpu: String(perNode) } },
        envs: variables(launched),
        extraPodSpec: {
          volumes,
          mainContainer: {
            image,
            command: ['python3', '-m', launch.dynamo.module],
            args: words.map((word) => (word === file?.name ? `${FOLDER}/${word}` : word)),
            volumeMounts,
          },
        },
      };
    }
    const graph: Document = {
      apiVersion: 'nvidia.com/v1alpha1',
      kind: 'DynamoGraphDeployment',
      metadata: { name: plainName(deployment.name) },
      spec: { services },
    };
    const yours = 'the release of Dynamo in the images, secrets, paths of the model and caches, network cards';
    return { files: [manifest(deployment.name, headingOf(deployment, pools, yours), [...maps, graph])] };
  },
};

/** Releases of Dynamo hold releases of engines of their own, so that no plan says which one it is. */
function imageOf(name: string): string {
  return `nvcr.io/nvidia/ai-dynamo/${name}:my-tag`;
}

function serviceName(role: 'prefill' | 'decode' | 'both', index: number): string {
  const part = { prefill: 'Prefill', decode: 'Decode', both: '' }[role];
  return part === '' && index > 1 ? `Worker${index}` : `${part}Worker`;
}
