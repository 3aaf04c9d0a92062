import type { Given, LaunchNote } from '../../engines/launch.ts';
import type { EngineName } from '../../language/vocabulary/engine.ts';
import type { PoolRole } from '../../plan/deployment.ts';
import { versionOf } from '../commands.ts';
import { givenInTree } from '../given.ts';
import type { Launch, LaunchFile, LaunchForm, Load, Worker } from '../launch.ts';
import { LAUNCHED } from '../launched.ts';
import { at, entriesOf, itemsOf, numberAt, readYaml, type Tree, textAt } from '../yaml.ts';

const PARTS: readonly { readonly key: string; readonly role: PoolRole; readonly short: string }[] = [
  { key: 'prefill', role: 'prefill', short: 'prefill' },
  { key: 'decode', role: 'decode', short: 'decode' },
  { key: 'aggregated', role: 'both', short: 'agg' },
];

/**
 * Recipes of srt-slurm: machines, an engine's settings for each part, and a benchmark. `base` with `zip_override_...` blocks is a
 * recipe in several variants (NVIDIA/srt-slurm, docs/config-reference.md).
 */
export const srtSlurm: LaunchForm = {
  name: 'a recipe of srt-slurm',
  read(file) {
    const recipes = readYaml(file.text).documents.flatMap(variantsOf);
    return recipes.flatMap((recipe) => launchOf(recipe, file) ?? []);
  },
};

/** The recipes that a file holds: itself, or its base with each of its overrides. */
function variantsOf(tree: Tree): readonly Tree[] {
  const base = at(tree, 'base');
  if (!base) return [tree];
  const overrides = entriesOf(tree).filter(({ key }) => /^(?:zip_)?override_/.test(key));
  return [
    base,
    ...overrides.flatMap(({ key, value }) => zipped(value, key.startsWith('zip_')).map((one) => merged(base, one))),
  ];
}

/** Most variants of one file: lists of overrides are short. */
const MOST_VARIANTS = 200;

/** An override whose lists hold a value for each variant, as one override for each. Lists of one length go together. */
function zipped(tree: Tree, isZip: boolean): readonly Tree[] {
  if (!isZip) return [tree];
  const length = Math.min(MOST_VARIANTS, longest(tree));
  return Array.from({ length: Math.max(1, length) }, (_, index) => elementOf(tree, index));
}

function longest(tree: Tree): number {
  if (tree.kind === 'list') return tree.items.length;
  return entriesOf(tree).reduce((most, { value }) => Math.max(most, longest(value)), 0);
}

function elementOf(tree: Tree, index: number): Tree {
  if (tree.kind === 'list') return tree.items[index] ?? tree;
  if (tree.kind !== 'map') return tree;
  return { ...tree, entries: tree.entries.map((entry) => ({ ...entry, value: elementOf(entry.value, index) })) };
}

/** A tree with another one laid over it. `null` takes an entry away. */
function merged(under: Tree, over: Tree): Tree {
  if (under.kind !== 'map' || over.kind !== 'map') return over;
  const entries = new Map(under.entries.map((entry) => [entry.key, entry]));
  for (const entry of over.entries) {
    const below = entries.get(entry.key);
    if (entry.value.kind === 'value' && entry.value.value === null && below) entries.delete(entry.key);
    else entries.set(entry.key, below ? { ...entry, value: merged(below.value, entry.value) } : entry);
  }
  return { ...under, entries: [...entries.values()] };
}

function launchOf(tree: Tree, file: LaunchFile): Launch | undefined {
  const [resources, backend] = [at(tree, 'resources'), at(tree, 'backend')];
  const config = entriesOf(backend).find(({ key }) => LAUNCHED.some(([, { recipe }]) => recipe?.key === key));
  const [engine, launch] = LAUNCHED.find(([, { recipe }]) => recipe !== undefined && recipe.key === config?.key) ?? [];
  if (!resources || !config || !engine || !launch) return undefined;
  const gpusPerNode = numberAt(at(resources, 'gpus_per_node'));
  const notes: LaunchNote[] = [];
  const workers = PARTS.flatMap((part) =>
    workerOf(part, {
      tree,
      resources,
      backend,
      config: config.value,
      engine,
      framework: launch.recipe?.framework ?? engine,
      file,
      gpusPerNode,
    }),
  );
  if (workers.length === 0) return undefined;
  const title = textAt(at(tree, 'name'));
  const gpu = givenAt(resources, 'gpu_type', file.uri);
  const load = loadOf(at(tree, 'benchmark'), file.uri);
  return {
    ...(title !== undefined && { title }),
    workers,
    machines: { ...(gpu && { gpu }), ...(gpusPerNode !== undefined && { gpusPerNode }) },
    ...(load && { load }),
    notes,
  };
}

interface Recipe {
  readonly tree: Tree;
  readonly resources: Tree;
  readonly backend: Tree | undefined;
  readonly config: Tree;
  readonly engine: EngineName;
  readonly framework: string;
  readonly file: LaunchFile;
  readonly gpusPerNode: number | undefined;
}

function workerOf(part: (typeof PARTS)[number], recipe: Recipe): readonly Worker[] {
  const { resources, backend, config, engine, file, gpusPerNode } = recipe;
  const entry = entriesOf(config).find(({ key }) => key === part.key);
  if (!entry) return [];
  const number = (name: string) => numberAt(at(resources, name));
  const nodes = number(`${part.short}_nodes`);
  const count = number(`${part.short}_workers`) ?? 1;
  if (count < 1) return [];
  // Workers share their nodes evenly unless the recipe says how many GPUs each has.
  const gpus =
    number(`gpus_per_${part.short}`) ??
    (nodes !== undefined && nodes > 0 && gpusPerNode !== undefined
      ? Math.floor((nodes * gpusPerNode) / count)
      : undefined);
  const version = releaseOf(recipe);
  const precision = givenAt(at(recipe.tree, 'model'), 'precision', file.uri);
  return [
    {
      engine,
      ...(version !== undefined && { version }),
      role: part.role,
      name: part.key,
      given: givenInTree(entry.value, file.uri),
      environment: environmentOf(at(recipe.tree, 'environment'), at(backend, `${part.key}_environment`), file.uri),
      models: modelsOf(recipe),
      ...(precision && { precision }),
      count,
      ...(gpus !== undefined && gpus > 0 && { gpus }),
      ...(nodes !== undefined && { nodes }),
      place: { uri: file.uri, span: entry.keySpan },
    },
  ];
}

function environmentOf(common: Tree | undefined, own: Tree | undefined, uri: string): ReadonlyMap<string, Given> {
  return new Map(
    [common, own].flatMap(entriesOf).map(({ key, keySpan, value }) => [
      key,
      {
        name: key,
        value: textAt(value) ?? null,
        place: { uri, span: { start: keySpan.start, end: value.span.end } },
      },
    ]),
  );
}

/** The release that the recipe's identity or image names. */
function releaseOf({ tree, framework }: Recipe): string | undefined {
  const frameworks = at(tree, 'identity', 'frameworks');
  const named = textAt(at(frameworks, framework));
  const release = named === undefined ? undefined : /^v?(\d+\.\d+(?:\.\d+)?(?:rc\d+|\.post\d+)?)/.exec(named)?.[1];
  const images = [at(tree, 'identity', 'model', 'image'), at(tree, 'model', 'container')];
  return release ?? versionOf(images.flatMap((image) => textAt(image) ?? []));
}

function modelsOf({ tree, file }: Recipe): readonly Given[] {
  return [
    givenAt(at(tree, 'identity', 'model'), 'repo', file.uri),
    givenAt(at(tree, 'model'), 'path', file.uri),
  ].flatMap((given) => given ?? []);
}

function givenAt(tree: Tree | undefined, key: string, uri: string): Given | undefined {
  const entry = entriesOf(tree).find((candidate) => candidate.key === key);
  const text = textAt(entry?.value);
  if (!entry || text === undefined) return undefined;
  return { name: key, value: text, place: { uri, span: { start: entry.keySpan.start, end: entry.value.span.end } } };
}

function loadOf(benchmark: Tree | undefined, uri: string): Load | undefined {
  const [input, output] = [givenAt(benchmark, 'isl', uri), givenAt(benchmark, 'osl', uri)];
  if (!input) return undefined;
  const concurrencies = at(benchmark, 'concurrencies');
  const numbers = textsIn(concurrencies)
    .flatMap((text) => text.split(/[x,\s]+/))
    .map(Number);
  const rate = givenAt(benchmark, 'req_rate', uri);
  const ratio = givenAt(benchmark, 'random_range_ratio', uri);
  const requests = numberAt(at(benchmark, 'num_prompts_mult'));
  return {
    input,
    ...(output && { output }),
    concurrencies: numbers.filter((number) => Number.isInteger(number) && number > 0).sort((low, high) => low - high),
    ...(concurrencies && { concurrencyPlace: { uri, span: concurrencies.span } }),
    ...(rate && { requestsPerSecond: rate }),
    ...(ratio && { lengthRatio: ratio }),
    ...(requests !== undefined && { requestsPerConcurrency: requests }),
  };
}

function textsIn(tree: Tree | undefined): readonly string[] {
  return tree?.kind === 'list' ? itemsOf(tree).flatMap(textsIn) : [textAt(tree)].flatMap((text) => text ?? []);
}
