import { Work } from './work.ts';

/** Steps of a pattern: a character, a choice of ways, an anchor, or the end. */
type Step =
  | { readonly kind: 'character'; readonly fits: (character: string) => boolean; next: number }
  | { readonly kind: 'ways'; readonly next: number[] }
  | { readonly kind: 'anchor'; readonly at: 'start' | 'end'; next: number }
  | { readonly kind: 'done' };

/** More steps, or a longer text, are no pattern of module names. */
const MOST_STEPS = 2_000;
const LONGEST = 1_000;

/** What a step that is taken for the first time, and one that is made, cost beside one that is known. */
const STEP_WORK = 4;
const PARSE_WORK = 30;

/** How far a pattern has come in a text. */
export interface State {
  readonly id: number;
  /** Steps that wait for a character. */
  readonly waiting: readonly number[];
  /** It matches whatever follows. */
  readonly isMatched: boolean;
  /** It matches if the text ends here. */
  readonly matchesEnd: boolean;
  readonly after: Map<string, State>;
}

/**
 * A regular expression of a checkpoint, matched in a time that grows with the text alone. The engine of the platform would try
 * every way through a pattern, and a stranger's pattern can have more ways than there is time for. Python's `re.match` decides
 * (compressed-tensors, GPTQModel): a pattern begins where the name begins and need not reach its end.
 *
 * All ways are followed together, and what a character leads to is kept: names that begin alike are compared once.
 */
export class Matcher {
  readonly start: State;
  private readonly steps: readonly Step[];
  private readonly work: Work;
  private readonly states = new Map<string, State>();

  constructor(steps: readonly Step[], work: Work) {
    this.steps = steps;
    this.work = work;
    this.start = this.reached([0], true);
  }

  matches(text: string): boolean {
    return this.follow(this.start, text).matchesEnd;
  }

  /** Where a further piece of the text leads. */
  follow(from: State, text: string): State {
    let state = from;
    this.work.spend(1);
    for (let index = 0; index < text.length; index++) {
      if (state.isMatched || !isPossible(state)) return state;
      this.work.spend(1);
      const character = text.charAt(index);
      state = state.after.get(character) ?? this.step(state, character);
    }
    return state;
  }

  private step(state: State, character: string): State {
    const next = state.waiting.flatMap((number) => {
      const step = this.steps[number];
      return step?.kind === 'character' && step.fits(character) ? [step.next] : [];
    });
    this.work.spend(STEP_WORK * state.waiting.length);
    const reached = this.reached(next, false);
    state.after.set(character, reached);
    return reached;
  }

  /** Everything that is reached without another character. */
  private reached(from: readonly number[], isStart: boolean): State {
    const seen = this.closure(from, isStart, false);
    const isMatched = seen.some((number) => this.steps[number]?.kind === 'done');
    const waiting = isMatched ? [] : seen.filter((number) => this.steps[number]?.kind === 'character');
    const atEnd = isMatched ? seen : this.closure(seen, isStart, true);
    const matchesEnd = atEnd.some((number) => this.steps[number]?.kind === 'done');
    const key = `${isMatched} ${matchesEnd} ${waiting.join()}`;
    const known = this.states.get(key);
    if (known) return known;
    const state = { id: this.states.size, waiting, isMatched, matchesEnd, after: new Map<string, State>() };
    this.states.set(key, state);
    return state;
  }

  private closure(from: readonly number[], isStart: boolean, isEnd: boolean): readonly number[] {
    const seen = new Set(from);
    for (const number of seen) {
      const step = this.steps[number];
      if (step?.kind === 'ways') for (const next of step.next) seen.add(next);
      if (step?.kind === 'anchor' && (step.at === 'start' ? isStart : isEnd)) seen.add(step.next);
    }
    this.work.spend(STEP_WORK * seen.size);
    return [...seen];
  }
}

/** Whether there is a text behind this state that matches. */
export function isPossible({ waiting, matchesEnd }: State): boolean {
  return waiting.length > 0 || matchesEnd;
}

/** The matcher of a pattern; undefined for one with parts that are not understood, such as look-ahead. */
export function regularExpression(pattern: string, work = new Work(Number.POSITIVE_INFINITY)): Matcher | undefined {
  if (pattern.length > LONGEST) return undefined;
  try {
    const steps = new Parser(pattern).steps();
    work.spend(PARSE_WORK * (steps.length + pattern.length));
    return new Matcher(steps, work);
  } catch (error) {
    if (error instanceof NotUnderstood) return undefined;
    throw error;
  }
}

class NotUnderstood extends Error {}

/** A part of a pattern: given the step that follows, it adds its own and returns the first of them. */
type Part = (next: number) => number;

class Parser {
  private readonly pattern: string;
  private at = 0;
  private made = 0;
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
    this.count();
    this.list.push(step);
    return this.list.length - 1;
  }

  /** Copies count as steps do: one of nothing adds no step, and there may be as many. */
  private count(): void {
    this.made++;
    if (this.made > MOST_STEPS) throw new NotUnderstood();
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
    const isAnchor = '^$'.includes(this.pattern.charAt(this.at));
    const part = this.single();
    const count = this.quantifier();
    if (!count) return part;
    // Whether as few or as many as possible come first does not change whether a name matches.
    this.take('?');
    // Python refuses what is repeated twice, and an anchor that is repeated.
    if (isAnchor || this.quantifier()) throw new NotUnderstood();
    const { least, most } = count;
    return (next) => {
      const copy = (after: number): number => {
        this.count();
        return part(after);
      };
      let first = next;
      if (most === undefined) {
        const ways: number[] = [next];
        first = this.add({ kind: 'ways', next: ways });
        ways.push(copy(first));
      } else {
        for (let extra = least; extra < most; extra++) first = this.add({ kind: 'ways', next: [next, copy(first)] });
      }
      for (let needed = 0; needed < least; needed++) first = copy(first);
      return first;
    };
  }

  private quantifier(): { readonly least: number; readonly most: number | undefined } | undefined {
    if (this.take('*')) return { least: 0, most: undefined };
    if (this.take('+')) return { least: 1, most: undefined };
    if (this.take('?')) return { least: 0, most: 1 };
    // As in Python, a brace that holds no numbers is a character. Without the first number, it is none.
    const counted = /^\{(?!\})(\d*)(?:(,)(\d*))?\}/.exec(this.pattern.slice(this.at));
    if (!counted) return undefined;
    this.at += counted[0].length;
    const [, from = '', comma, to = ''] = counted;
    const least = Number(from);
    const most = comma === undefined ? least : to === '' ? undefined : Number(to);
    if (Math.max(least, most ?? 0) > MOST_STEPS || (most ?? least) < least) throw new NotUnderstood();
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
        return this.fitting(fitting(this.escaped()));
      case '*':
      case '+':
      case '?':
        throw new NotUnderstood();
      case '{':
        this.at--;
        if (this.quantifier()) throw new NotUnderstood();
        this.at++;
        return this.fitting((other) => other === character);
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
      const first = this.member();
      const isRange = this.pattern[this.at] === '-' && this.pattern[this.at + 1] !== ']';
      if (!isRange) {
        members.push(fitting(first));
        continue;
      }
      this.at++;
      const last = this.member();
      if (typeof first !== 'string' || typeof last !== 'string' || last < first) throw new NotUnderstood();
      members.push((other) => other >= first && other <= last);
    }
    this.at++;
    return (character) => members.some((fits) => fits(character)) !== isNegated;
  }

  private member(): string | RegExp {
    const character = this.pattern[this.at++];
    if (character === undefined) throw new NotUnderstood();
    return character === '\\' ? this.escaped() : character;
  }

  /** What stands behind a backslash: a class of characters, or one that means itself. */
  private escaped(): string | RegExp {
    const character = this.pattern[this.at++];
    if (character === undefined) throw new NotUnderstood();
    const known = Object.hasOwn(ESCAPES, character) ? ESCAPES[character] : undefined;
    if (!known && /[A-Za-z0-9]/.test(character)) throw new NotUnderstood();
    return known ?? character;
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

function fitting(member: string | RegExp): (character: string) => boolean {
  return typeof member === 'string' ? (other) => other === member : (other) => member.test(other);
}
