import { type YamlValue, yamlText } from '../../../text/yaml.ts';
import type { FormPlace, WrittenFile } from '../form.ts';
import type { LaunchedPool } from '../plan.ts';

/** One document of a manifest. */
export type Document = { readonly [key: string]: YamlValue | undefined };

/** A manifest with comments above its first document. */
export function manifest(name: string, heading: readonly string[], documents: readonly Document[]): WrittenFile {
  const text = documents.map((document) => yamlText(document)).join('---\n');
  return { name: `${plainName(name)}.yaml`, text: `${heading.map((line) => `# ${line}\n`).join('')}${text}` };
}

/** A name that Kubernetes takes: lower case letters, digits and dashes. */
export function plainName(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50);
  return plain === '' || /^\d/.test(plain) ? `plan-${plain}`.replace(/-$/, '') : plain;
}

/** What a group of workers is called, its part in the deployment included. */
export function groupName({ deployment }: FormPlace, { pool }: LaunchedPool): string {
  const part = pool.role === 'both' ? pool.name : pool.role;
  const isAlone = part === '' || part === deployment.name;
  const whole = plainName(deployment.name);
  // The part is never cut off, so that groups keep names of their own.
  return isAlone ? whole : `${whole.slice(0, 40).replace(/-+$/, '')}-${plainName(part).slice(0, 20)}`;
}

/** Where a ConfigMap lies in a container. */
export const FOLDER = '/config';

/** A file of options as a ConfigMap, with what mounts it. */
export function configured(
  name: string,
  file: { readonly name: string; readonly content: Document } | undefined,
): {
  readonly documents: readonly Document[];
  readonly volumes: YamlValue | undefined;
  readonly volumeMounts: YamlValue | undefined;
} {
  if (!file) return { documents: [], volumes: undefined, volumeMounts: undefined };
  const map = `${name}-options`;
  return {
    documents: [
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: map },
        data: { [file.name]: yamlText(file.content) },
      },
    ],
    volumes: [{ name: 'options', configMap: { name: map } }],
    volumeMounts: [{ name: 'options', mountPath: FOLDER }],
  };
}

/** Variables of a container. */
export function variables({ writing }: LaunchedPool): YamlValue | undefined {
  if (writing.environment.size === 0) return undefined;
  return [...writing.environment].map(([name, value]) => ({ name, value }));
}
