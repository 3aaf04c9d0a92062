import { literalStart, type Matcher, regularExpression } from './regularExpression.ts';

/** `some-experts`: only some experts of the layer are named. */
export type Named = 'yes' | 'no' | 'some-experts';

/** All names of one layer, and the numbers by which they call it. */
export interface LayerNames {
  readonly stems: readonly string[];
  readonly numbers: readonly number[];
}

/** What may stand before the layers of a text model. */
export const PREFIXES: readonly string[] = [
  'model.',
  'language_model.model.',
  'model.language_model.',
  'language_model.',
  'backbone.',
  'transformer.',
  '',
];

/** More patterns that may mean any layer are no list of modules. */
const MOST_GLOBAL = 200;

/** Patterns with numbers, times layers, that are compared. */
const MOST_COMPARED = 20_000;

/**
 * Names of modules as quantisers list them: whole names, names with `*`, and regular expressions after `re:`. Most name a
 * layer, so they are kept by layer: a checkpoint of a hundred layers has thousands of them.
 */
export class Patterns {
  readonly isEmpty: boolean;
  private readonly all: readonly Listed[];
  private readonly byLayer = new Map<number, Local[]>();
  /** Those that mean the same in every layer, with what they said of each module. */
  private readonly global: Global[] = [];
  private readonly globally = new Map<string, boolean>();
  /** Those with a number in them that may stand for several layers. */
  private readonly numbered: Global[] = [];
  private readonly unclear: string | undefined;

  constructor(texts: readonly string[]) {
    this.isEmpty = texts.length === 0;
    const all: Listed[] = [];
    const experts = new Map<string, Local>();
    let unclear: string | undefined;
    for (const text of texts.map(withoutTensor)) {
      const local = localOf(text);
      if (local) {
        if (this.addLocal(local, experts)) all.push(local);
        continue;
      }
      const global = globalOf(text);
      if (!global) {
        unclear ??= text;
        continue;
      }
      all.push(global);
      if (global.isForeign) continue;
      (/\d/.test(text) ? this.numbered : this.global).push(global);
    }
    this.all = all;
    this.unclear = unclear ?? this.global[MOST_GLOBAL]?.text;
  }

  /** False for a further expert of a module that is listed already. */
  private addLocal(local: Local, experts: Map<string, Local>): boolean {
    const { layer, rest } = local;
    const same = local.experts.size === 0 ? undefined : experts.get(`${layer} ${rest}`);
    if (same) {
      for (const index of local.experts) same.experts.add(index);
      return false;
    }
    if (local.experts.size > 0) experts.set(`${layer} ${rest}`, local);
    const ofLayer = this.byLayer.get(layer) ?? [];
    ofLayer.push(local);
    this.byLayer.set(layer, ofLayer);
    return true;
  }

  /** The pattern that nothing here can read: a regular expression with look-ahead, or one of too many. */
  notUnderstood(layers: number): string | undefined {
    const most = Math.max(1, Math.floor(MOST_COMPARED / Math.max(1, layers)));
    return this.unclear ?? this.numbered[most]?.text;
  }

  /** Whether a module of a layer with so many experts is named. */
  names(path: string, names: LayerNames, experts: number): Named {
    let found: Named = 'no';
    for (const number of names.numbers) {
      for (const local of this.byLayer.get(number) ?? []) {
        if (!fits(local, path)) continue;
        local.isUsed = true;
        if (local.experts.size === 0 || local.experts.size >= experts) return 'yes';
        found = 'some-experts';
      }
    }
    if (this.isNamedGlobally(path, names)) return 'yes';
    return this.numbered.some((pattern) => isNumbered(pattern, path, names)) ? 'yes' : found;
  }

  private isNamedGlobally(path: string, { stems }: LayerNames): boolean {
    const known = this.globally.get(path);
    if (known !== undefined) return known;
    let isNamed = false;
    // All of them are asked, so that each is known to name something.
    for (const pattern of this.global) {
      if (!stems.some((stem) => pattern.matches(`${stem}.${path}`))) continue;
      pattern.isUsed = true;
      isNamed = true;
    }
    this.globally.set(path, isNamed);
    return isNamed;
  }

  /** Whether a module outside of all layers is named, by one of its names. */
  namesOutside(names: readonly string[]): boolean {
    const naming = [...this.global, ...this.numbered].filter((pattern) => names.some((name) => pattern.matches(name)));
    for (const pattern of naming) pattern.isUsed = true;
    return naming.length > 0;
  }

  /** Patterns that named nothing so far. */
  unused(): readonly string[] {
    return this.all.filter(({ isUsed }) => !isUsed).map(({ text }) => text);
  }
}

interface Listed {
  readonly text: string;
  isUsed: boolean;
}

interface Local extends Listed {
  readonly layer: number;
  /** What is named within the layer, without the number of an expert. Empty for the whole layer. */
  readonly rest: string;
  readonly glob: Matcher | undefined;
  /** Numbers of the experts that are named; empty where all are. */
  readonly experts: Set<number>;
}

interface Global extends Listed {
  /** It names a layer of something that is no text model. */
  readonly isForeign: boolean;
  /** What a name has to begin with. */
  readonly start: string;
  matches(name: string): boolean;
}

const OF_LAYER =
  /^(?:model\.|language_model\.model\.|model\.language_model\.|language_model\.|backbone\.|transformer\.)?(?:layers|h|blocks)\.(\d{1,5})(?:\.(.*))?$/s;

/** A pattern that names one layer; undefined for others. `layers.1*` means layer 10 too. */
function localOf(text: string): Local | undefined {
  if (text.startsWith('re:')) return undefined;
  const found = OF_LAYER.exec(text);
  if (!found) return undefined;
  const [, number = '', within = ''] = found;
  const expert = /(?<=\.experts\.)(\d+)\./.exec(within);
  const rest = expert ? within.replace(`.${expert[1]}.`, '.') : within;
  return {
    text,
    layer: Number(number),
    rest,
    glob: /[*?[]/.test(rest) ? wildcard(rest) : undefined,
    experts: new Set(expert ? [Number(expert[1])] : []),
    isUsed: false,
  };
}

/** Some lists name the tensor of a module. */
function withoutTensor(text: string): string {
  return text.startsWith('re:') ? text : text.replace(/\.weight$/, '');
}

function fits({ rest, glob }: Local, path: string): boolean {
  if (glob) return glob.matches(path);
  return rest === '' || path === rest || path.startsWith(`${rest}.`);
}

function globalOf(text: string): Global | undefined {
  if (text.startsWith('re:')) {
    const pattern = text.slice('re:'.length);
    const expression = regularExpression(pattern);
    const start = literalStart(pattern);
    return expression && { text, isUsed: false, isForeign: false, start, matches: (name) => expression.matches(name) };
  }
  if (/[*?[]/.test(text)) {
    const matcher = wildcard(text);
    const start = /^[^*?[]*/.exec(text)?.[0] ?? '';
    return { text, isUsed: false, isForeign: false, start, matches: (name) => matcher.matches(name) };
  }
  // A name without a layer stands for modules of this name anywhere: `lm_head`, `mlp.gate`.
  const isForeign = /(?:layers|h|blocks)\.\d/.test(text);
  return { text, isUsed: false, isForeign, start: '', matches: (name) => `.${name}.`.includes(`.${text}.`) };
}

function isNumbered(pattern: Global, path: string, { stems }: LayerNames): boolean {
  const { start } = pattern;
  const isNamed = stems.some(
    (stem) => (stem.startsWith(start) || start.startsWith(stem)) && pattern.matches(`${stem}.${path}`),
  );
  if (isNamed) pattern.isUsed = true;
  return isNamed;
}

/**
 * A name in which `*` stands for any characters and `?` for one, as in the file names of a shell. The whole name must fit, or
 * that of a module around it: gpt-oss writes `model.layers.*.self_attn`.
 */
function wildcard(pattern: string): Matcher {
  const expression = [...pattern]
    .map((character) => (character === '*' ? '.*' : character === '?' ? '.' : escapedIn(character)))
    .join('');
  return regularExpression(`${expression}(?:\\..*)?$`) ?? { matches: () => false };
}

function escapedIn(character: string): string {
  return /[A-Za-z0-9_]/.test(character) ? character : `\\${character}`;
}
