import { type LayerNames, type Place, placeOf } from './moduleNames.ts';
import { isPossible, type Matcher, regularExpression, type State } from './regularExpression.ts';
import type { Work } from './work.ts';

/** `some-experts`: only some experts of the layer are named. */
export type Named = 'yes' | 'no' | 'some-experts';

/** What reading a name costs beside a character that is compared. */
const NAME_WORK = 30;

/**
 * Names of modules as quantisers list them: whole names, names with `*`, and regular expressions after `re:`. Most name a
 * layer, so they are kept by layer: a checkpoint of a hundred layers has thousands of them.
 */
export class Patterns {
  readonly isEmpty: boolean;
  /** The first that nothing here can read: a regular expression with look-ahead, or one that is too large. */
  readonly unreadable: string | undefined;
  private readonly work: Work;
  private readonly all: Listed[] = [];
  private readonly byPlace = new Map<string, OfPlace>();
  /** Those that may stand for several layers. */
  private readonly global: Global[] = [];
  private readonly globs = new Map<string, Matcher | undefined>();
  private readonly begun = new WeakMap<LayerNames, Begun>();
  private readonly answers = new Map<string, Map<string, Named>>();

  constructor(texts: readonly string[], work: Work) {
    this.isEmpty = texts.length === 0;
    this.work = work;
    let unreadable: string | undefined;
    for (const text of texts) if (!this.add(text)) unreadable ??= text;
    this.unreadable = unreadable;
  }

  private add(text: string): boolean {
    this.work.spend(NAME_WORK);
    const name = withoutTensor(text);
    const place = text.startsWith('re:') ? undefined : placeOf(name);
    if (place) return this.addLocal(text, place);
    const isWild = hasWildcard(name);
    if (!text.startsWith('re:') && !isWild && /(?:^|\.)(?:layers|h|blocks)\.\d/.test(name)) {
      // It names a layer of something that is no text model.
      this.all.push({ text, isUsed: false });
      return true;
    }
    const matcher = text.startsWith('re:')
      ? regularExpression(text.slice('re:'.length), this.work)
      : isWild
        ? this.wildcard(name)
        : // A name without a layer stands for modules of this name anywhere: `lm_head`, `mlp.gate`.
          regularExpression(`(?:.*\\.)?${escaped(name)}(?:\\..*)?$`, this.work);
    if (!matcher) return false;
    const global: Global = { text, isUsed: false, matcher, answers: new Map() };
    this.all.push(global);
    this.global.push(global);
    return true;
  }

  private addLocal(text: string, place: Place): boolean {
    const ofPlace: OfPlace = this.byPlace.get(keyOf(place)) ?? { literals: new Map(), globs: new Map() };
    this.byPlace.set(keyOf(place), ofPlace);
    const expert = /(?<=\.experts\.)\d+(?=\.|$)/.exec(place.path)?.[0];
    const rest = expert === undefined ? place.path : place.path.replace(`.experts.${expert}`, '.experts');
    const matcher = hasWildcard(rest) ? this.wildcard(rest) : undefined;
    if (hasWildcard(rest) && !matcher) return false;
    const known = ofPlace.literals.get(rest) ?? ofPlace.globs.get(rest);
    const local: Local = known ?? { text, isUsed: false, experts: new Set(), matcher };
    if (!known) {
      this.all.push(local);
      (matcher ? ofPlace.globs : ofPlace.literals).set(rest, local);
    }
    // Once all experts are named, or what has none, numbers say nothing more.
    const isWhole = expert === undefined || (known !== undefined && known.experts.size === 0);
    if (isWhole) local.experts.clear();
    else local.experts.add(Number(expert));
    return true;
  }

  /**
   * A name in which `*` stands for any characters and `?` for one, as in the file names of a shell. The whole name must fit, or
   * that of a module around it: gpt-oss writes `model.layers.*.self_attn`.
   */
  private wildcard(pattern: string): Matcher | undefined {
    if (this.globs.has(pattern)) return this.globs.get(pattern);
    const expression = pattern
      .split(/([*?])/)
      .map((part) => (part === '*' ? '.*' : part === '?' ? '.' : escaped(part)));
    const matcher = regularExpression(`${expression.join('')}(?:\\..*)?$`, this.work);
    this.globs.set(pattern, matcher);
    return matcher;
  }

  /** Whether a module of a layer with so many experts is named. An expert's module is asked for with the number 0. */
  names(path: string, names: LayerNames, experts: number): Named {
    const found = this.namedLocally(path.replace('.experts.0', '.experts'), names, experts);
    if (found === 'yes') return found;
    const globally = this.namedGlobally(path, names, experts);
    return globally === 'no' ? found : globally;
  }

  private namedLocally(path: string, { places }: LayerNames, experts: number): Named {
    let found: Named = 'no';
    for (const place of places) {
      const ofPlace = this.byPlace.get(keyOf(place));
      if (!ofPlace) continue;
      this.work.spend(1 + ofPlace.globs.size);
      const naming = [...ofPlace.globs.values()].filter(({ matcher }) => matcher?.matches(path));
      for (const module of withModulesAround(path)) naming.push(...listed(ofPlace.literals.get(module)));
      for (const local of naming) {
        local.isUsed = true;
        if (local.experts.size === 0 || local.experts.size >= experts) found = 'yes';
        else if (found === 'no') found = 'some-experts';
      }
    }
    return found;
  }

  /** Layers in whose names all patterns come equally far have one answer. */
  private namedGlobally(path: string, names: LayerNames, experts: number): Named {
    if (this.global.length === 0) return 'no';
    const { key, begun } = this.begunIn(names);
    const answers = this.answers.get(key) ?? new Map<string, Named>();
    this.answers.set(key, answers);
    const question = `${path} ${experts}`;
    const known = answers.get(question);
    if (known) return known;
    let answer: Named = 'no';
    // All of them are asked, so that each is known to name something.
    this.work.spend(begun.length);
    for (const { pattern, states, ofStates } of begun) {
      const named = ofStates.get(question) ?? namedFrom(pattern.matcher, states, path, experts);
      ofStates.set(question, named);
      if (named !== 'no') pattern.isUsed = true;
      if (answer !== 'yes' && named !== 'no') answer = named;
    }
    answers.set(question, answer);
    return answer;
  }

  /** How far every pattern has come behind the names of a layer, for those that are still possible. */
  private begunIn(names: LayerNames): Begun {
    const known = this.begun.get(names);
    if (known) return known;
    const begun = this.global.map((pattern) => {
      const states = names.stems.map((stem) => pattern.matcher.follow(pattern.matcher.start, `${stem}.`));
      const possible = [...new Set(states)].filter(isPossible);
      const key = possible.map(({ id }) => id).join();
      const ofStates = pattern.answers.get(key) ?? new Map<string, Named>();
      pattern.answers.set(key, ofStates);
      return { pattern, states: possible, key, ofStates };
    });
    const key = begun.map((pattern) => pattern.key).join(';');
    const found = { key, begun: begun.filter(({ states }) => states.length > 0) };
    this.begun.set(names, found);
    return found;
  }

  /** Whether a module outside of all layers is named, by one of its names. */
  namesOutside(names: readonly string[]): boolean {
    const naming = this.global.filter(({ matcher }) => names.some((name) => matcher.matches(name)));
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

/** One that names a layer or a prediction module, by what it names within. */
interface Local extends Listed {
  /** Numbers of the experts that are named; empty where all are. */
  readonly experts: Set<number>;
  readonly matcher: Matcher | undefined;
}

interface OfPlace {
  readonly literals: Map<string, Local>;
  readonly globs: Map<string, Local>;
}

interface Global extends Listed {
  readonly matcher: Matcher;
  /** Answers by how far the pattern had come, and by what was asked. */
  readonly answers: Map<string, Map<string, Named>>;
}

interface Begun {
  readonly key: string;
  readonly begun: readonly {
    readonly pattern: Global;
    readonly states: readonly State[];
    /** What is known of modules behind these states. */
    readonly ofStates: Map<string, Named>;
  }[];
}

function namedFrom(matcher: Matcher, states: readonly State[], path: string, experts: number): Named {
  const [before, behind] = path.split('.experts.0');
  if (behind === undefined || experts <= 1)
    return states.some((state) => matcher.follow(state, path).matchesEnd) ? 'yes' : 'no';
  const begun = states.map((state) => matcher.follow(state, `${before}.experts.`)).filter(isPossible);
  if (begun.length === 0) return 'no';
  if (begun.some(({ isMatched }) => isMatched)) return 'yes';
  const named = Array.from({ length: experts }, (_, expert) =>
    begun.some((state) => matcher.follow(matcher.follow(state, String(expert)), behind).matchesEnd),
  );
  return named.every(Boolean) ? 'yes' : named.some(Boolean) ? 'some-experts' : 'no';
}

function keyOf({ kind, number }: Pick<Place, 'kind' | 'number'>): string {
  return number === undefined ? kind : `${kind} ${number}`;
}

function listed<T>(found: T | undefined): readonly T[] {
  return found === undefined ? [] : [found];
}

/** A module and those that it lies in: `a.b`, `a`, and the whole layer. */
function withModulesAround(path: string): readonly string[] {
  const parts = path.split('.');
  return ['', ...parts.map((_, index) => parts.slice(0, index + 1).join('.'))];
}

/** Some lists name the tensor of a module. */
function withoutTensor(text: string): string {
  return text.startsWith('re:') ? text : text.replace(/\.weight$/, '');
}

function hasWildcard(name: string): boolean {
  return /[*?[]/.test(name);
}

function escaped(text: string): string {
  return text.replace(/[^A-Za-z0-9_]/g, '\\$&');
}
