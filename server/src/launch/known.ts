import type { LaunchedModel } from '../engines/launch.ts';
import type { Entity, Value } from '../language/entity.ts';
import { checkpointOf, type StoredType } from '../language/vocabulary/words/checkpoints.ts';

/** A model of the catalogue that a launch names, and how its checkpoint stores it where that is not the model's own way. */
export interface KnownModel extends LaunchedModel {
  readonly stored: readonly StoredType[];
  /** Whether the model's own experts have four bits. */
  readonly isNarrow: boolean;
  /** What the checkpoint's name leaves open. */
  readonly open?: string;
}

export interface KnownNode {
  readonly name: string;
  readonly gpus: number;
}

/** Names of models and machines that a plan can use. */
export interface Known {
  /** The model that a checkpoint's name or path means; undefined where none is known. */
  readonly model: (written: string) => KnownModel | undefined;
  /** A machine with this GPU, one with so many of them where there is one. */
  readonly node: (gpu: string, perNode: number | undefined) => KnownNode | undefined;
  /** A name of a model or a GPU that stands somewhere in a text, the longest one. */
  readonly modelIn: (text: string) => string | undefined;
  readonly gpuIn: (text: string) => string | undefined;
}

/** What the blocks of a catalogue know: `model` and `node` blocks. */
export function knownFrom(entities: readonly Entity[]): Known {
  const models = new Map<string, Entity>();
  const nodes: { readonly entity: Entity; readonly gpus: number; readonly names: readonly string[] }[] = [];
  const gpus = new Set<string>();
  for (const entity of entities) {
    const name = entity.name ?? '';
    if (entity.keyword === 'model') {
      for (const called of [name, ...textsOf(entity, 'huggingface')]) {
        const key = plainName(called);
        if (!models.has(key) || called === name) models.set(key, entity);
      }
    } else if (entity.keyword === 'node') {
      const gpu = entity.properties.get('gpu')?.target;
      if (!gpu) continue;
      const names = [gpu.name ?? '', ...textsOf(gpu, 'known-as')].map(plainName);
      for (const called of names) gpus.add(called);
      nodes.push({ entity, gpus: numberIn(entity, 'gpus') ?? 1, names });
    }
  }
  const model = (written: string): KnownModel | undefined => {
    const id = withoutFolders(written);
    const whole = models.get(plainName(id));
    if (whole) return { ...facts(whole), stored: [] };
    // A second version of a checkpoint is stored as the first: `DeepSeek-R1-0528-FP4-V2`.
    const checkpoint = checkpointOf(id) ?? checkpointOf(id.replace(/[-_]v\d+$/i, ''));
    const base = checkpoint && models.get(plainName(checkpoint.base));
    if (!base) return undefined;
    return {
      ...facts(base),
      stored: checkpoint.types,
      ...(checkpoint.open !== undefined && { open: checkpoint.open }),
    };
  };
  return {
    model,
    node: (gpu, perNode) => {
      const called = plainName(gpu);
      const having = nodes.filter(({ names }) => names.includes(called));
      const found = having.find(({ gpus: count }) => count === perNode) ?? having[0];
      return found && { name: found.entity.name ?? '', gpus: found.gpus };
    },
    modelIn: (text) => {
      const name = longestIn(text, models.keys());
      return name === undefined ? undefined : models.get(name)?.name;
    },
    gpuIn: (text) => longestIn(text, gpus),
  };
}

function facts(entity: Entity): Omit<KnownModel, 'stored'> {
  const experts = entity.children.find(({ keyword }) => keyword === 'experts');
  const types = entity.children.find(({ keyword }) => keyword === 'types');
  const weights = types && wordIn(types, 'weights');
  return {
    name: entity.name ?? '',
    experts: experts && numberIn(experts, 'count'),
    weights,
    isNarrow: /fp4|int4/.test(`${weights} ${types && wordIn(types, 'experts')}`),
  };
}

/** Names as they are compared: without publisher, letters alike, and whatever joins the words. */
function plainName(name: string): string {
  return name
    .slice(name.lastIndexOf('/') + 1)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '');
}

/** `hf:zai-org/GLM-5.2-FP8` and `/models/GLM-5.2-FP8/` both name a checkpoint. */
function withoutFolders(written: string): string {
  const [last = '', owner] = written
    .replace(/^hf:/, '')
    .split('/')
    .filter((part) => part !== '')
    .reverse();
  return owner === undefined || written.startsWith('/') ? last : `${owner}/${last}`;
}

/** The longest of the names that stands in a text between other characters than letters. */
function longestIn(text: string, names: Iterable<string>): string | undefined {
  const plain = text.toLowerCase().replace(/[^a-z0-9\n]+/g, '');
  let longest: string | undefined;
  for (const name of names)
    if (name.length > Math.max(3, longest?.length ?? 0) - 1 && name.length >= 3 && plain.includes(name)) longest = name;
  return longest;
}

function textsOf(entity: Entity, name: string): readonly string[] {
  const value = entity.properties.get(name)?.value;
  return value ? textsIn(value) : [];
}

function textsIn(value: Value): readonly string[] {
  if (value.kind === 'text') return [value.text];
  return value.kind === 'list' ? value.items.flatMap(textsIn) : [];
}

function numberIn(entity: Entity, name: string): number | undefined {
  const value = entity.properties.get(name)?.value;
  return value?.kind === 'quantity' ? value.value : undefined;
}

function wordIn(entity: Entity, name: string): string | undefined {
  const value = entity.properties.get(name)?.value;
  return value?.kind === 'word' ? value.text : undefined;
}
