/**
 * Regular expressions of a checkpoint, matched in a time that grows with the text alone. The engine of the platform would try
 * every way through a pattern, and a stranger's pattern can have more ways than there is time for. Python's `re.match` decides
 * (compressed-tensors, GPTQModel): a pattern begins where the name begins and need not reach its end.
 */
export interface Matcher {
  matches(text: string): boolean;
}

/** Steps of a pattern: a character, a choice of ways, an anchor, or the end. */
type Step =
  | { readonly kind: 'character'; readonly fits: (character: string) => boolean; next: number }
  | { readonly kind: 'ways'; readonly next: number[] }
  | { readonly kind: 'anchor'; readonly at: 'start' | 'end'; next: number }
  | { readonly kind: 'done' };

/** More steps, or a longer text, are no pattern of module names. */
const MOST_STEPS = 2_000;
const LONGEST = 1_000;

/** The matcher of a pattern; undefined for one with parts that are not understood, such as look-ahead. */
export function regularExpression(pattern: string): Matcher | undefined {
  if (pattern.length > LONGEST) return undefined;
  try {
    const steps = new Parser(pattern).steps();
    return isQuick(pattern) ? native(pattern) : new Automaton(steps);
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

class NotUnderstood extends Error {}

/** What a text must begin with; empty where nothing is certain. */
export function literalStart(pattern: string): string {
  const literal = /^(?:[A-Za-z0-9_]|\\[^A-Za-z0-9])*/.exec(pattern)?.[0] ?? '';
  // What is repeated or one of several ways is not certain.
  if (pattern.includes('|')) return '';
  return (/^[*+?{]/.test(pattern.slice(literal.length)) ? literal.slice(0, -1) : literal).replaceAll('\\', '');
}

/**
 * Whether the platform's engine is sure to be quick too: without repeated groups and with at most two repetitions it goes
 * through a name of a hundred characters in some thousand steps.
 */
function isQuick(pattern: string): boolean {
  const repetitions = pattern.match(/[*+{]/g)?.length ?? 0;
  return repetitions <= 2 && !/\)[*+?{]/.test(pattern);
}

function native(pattern: string): Matcher {
  const expression = new RegExp(`^(?:${pattern})`, 's');
  return { matches: (text) => expression.test(text) };
}

class Automaton implements Matcher {
  private readonly steps: readonly Step[];

  constructor(steps: readonly Step[]) {
    this.steps = steps;
  }

  matches(text: string): boolean {
    let at = this.reached([0], 0, text.length);
    for (let index = 0; ; index++) {
      if (at.some((step) => this.steps[step]?.kind === 'done')) return true;
      const character = text[index];
      if (character === undefined || at.length === 0) return false;
      const after = at.flatMap((number) => {
        const step = this.steps[number];
        return step?.kind === 'character' && step.fits(character) ? [step.next] : [];
      });
      at = this.reached(after, index + 1, text.length);
    }
  }

  /** All steps that are reached without another character. */
  private reached(from: readonly number[], index: number, length: number): readonly number[] {
    const seen = new Set(from);
    for (const number of seen) {
      const step = this.steps[number];
      if (step?.kind === 'ways') for (const next of step.next) seen.add(next);
      if (step?.kind === 'anchor' && (step.at === 'start' ? index === 0 : index === length)) seen.add(step.next);
    }
    return [...seen];
  }
}

/** A part of a pattern: given the step that follows, it adds its own and returns the first of them. */
type Part = (next: number) => number;

class Parser {
  private readonly pattern: string;
  private at = 0;
  private readonly list: Step[] = [{ kind: 'ways', next: [] }, { kind: 'done' }];

  constructor(pattern: string) {
    this.pattern = pattern;
  }

  /** The steps; the first is where a text begins. */
  steps(): readonly Step[] {
    const whole = this.choice();
    if (this.at < this.pattern.length) throw new NotUnderstood();
    this.list[0] = { kind: 'ways', next: [whole(1)] };
    return this.list;
  }

  private add(step: Step): number {
    if (this.list.length >= MOST_STEPS) throw new NotUnderstood();
    this.list.push(step);
    return this.list.length - 1;
  }

  private choice(): Part {
    const ways = [this.sequence()];
    while (this.take('|')) ways.push(this.sequence());
    const [only] = ways;
    if (only && ways.length === 1) return only;
    return (next) => this.add({ kind: 'ways', next: ways.map((way) => way(next)) });
  }

  private sequence(): Part {
    const parts: Part[] = [];
    while (this.at < this.pattern.length && !')|'.includes(this.pattern[this.at] ?? '')) parts.push(this.repeated());
    return (next) => parts.reduceRight((after, part) => part(after), next);
  }

  private repeated(): Part {
    const part = this.single();
    const count = this.quantifier();
    if (!count) return part;
    // Whether as few or as many as possible come first does not change whether a name matches.
    this.take('?');
    const { least, most } = count;
    return (next) => {
      let first = next;
      if (most === undefined) {
        const ways: number[] = [next];
        first = this.add({ kind: 'ways', next: ways });
        ways.push(part(first));
      } else {
        for (let extra = least; extra < most; extra++) first = this.add({ kind: 'ways', next: [next, part(first)] });
      }
      for (let needed = 0; needed < least; needed++) first = part(first);
      return first;
    };
  }

  private quantifier(): { readonly least: number; readonly most: number | undefined } | undefined {
    if (this.take('*')) return { least: 0, most: undefined };
    if (this.take('+')) return { least: 1, most: undefined };
    if (this.take('?')) return { least: 0, most: 1 };
    const counted = /^\{(\d{1,3})(,(\d{0,3}))?\}/.exec(this.pattern.slice(this.at, this.at + 10));
    if (!counted) return undefined;
    this.at += counted[0].length;
    const least = Number(counted[1]);
    const most = counted[2] === undefined ? least : counted[3] ? Number(counted[3]) : undefined;
    return { least, most };
  }

  private single(): Part {
    const character = this.pattern[this.at++] ?? '';
    switch (character) {
      case '(':
        return this.group();
      case '[':
        return this.fitting(this.set());
      case '.':
        return this.fitting(() => true);
      case '^':
      case '$': {
        const at = character === '^' ? 'start' : 'end';
        return (next) => this.add({ kind: 'anchor', at, next });
      }
      case '\\':
        return this.fitting(escaped(this.pattern[this.at++]));
      case '*':
      case '+':
      case '?':
        throw new NotUnderstood();
      default:
        return this.fitting((other) => other === character);
    }
  }

  private group(): Part {
    if (this.pattern.startsWith('?:', this.at)) this.at += 2;
    else if (this.pattern[this.at] === '?') throw new NotUnderstood();
    const inner = this.choice();
    if (!this.take(')')) throw new NotUnderstood();
    return inner;
  }

  private set(): (character: string) => boolean {
    const isNegated = this.take('^');
    const members: ((character: string) => boolean)[] = [];
    for (let isFirst = true; isFirst || this.pattern[this.at] !== ']'; isFirst = false) {
      const character = this.pattern[this.at++];
      if (character === undefined) throw new NotUnderstood();
      const last = this.pattern[this.at] === '-' ? this.pattern[this.at + 1] : undefined;
      if (character === '\\') members.push(escaped(this.pattern[this.at++]));
      else if (last !== undefined && last !== ']') {
        members.push((other) => other >= character && other <= last);
        this.at += 2;
      } else members.push((other) => other === character);
    }
    this.at++;
    return (character) => members.some((fits) => fits(character)) !== isNegated;
  }

  private fitting(fits: (character: string) => boolean): Part {
    return (next) => this.add({ kind: 'character', fits, next });
  }

  private take(character: string): boolean {
    if (this.pattern[this.at] !== character) return false;
    this.at++;
    return true;
  }
}

const ESCAPES: Readonly<Record<string, RegExp>> = { d: /\d/, D: /\D/, w: /\w/, W: /\W/, s: /\s/, S: /\S/ };

function escaped(character: string | undefined): (other: string) => boolean {
  if (character === undefined) throw new NotUnderstood();
  const known = Object.hasOwn(ESCAPES, character) ? ESCAPES[character] : undefined;
  if (known) return (other) => known.test(other);
  if (/[A-Za-z0-9]/.test(character)) throw new NotUnderstood();
  return (other) => other === character;
}
