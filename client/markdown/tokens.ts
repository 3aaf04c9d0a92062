import grammar from '../../syntaxes/moeplan.tmLanguage.json' with { type: 'json' };

/** As much of a TextMate grammar as ours uses. */
interface Pattern {
  readonly name?: string;
  readonly match?: string;
  readonly captures?: Readonly<Record<string, { readonly name: string } | undefined>>;
  readonly begin?: string;
  readonly end?: string;
  /** What is passed over between the beginning and the end. */
  readonly patterns?: readonly { readonly match: string }[];
}

interface Rule {
  readonly expression: RegExp;
  /** What each group is; the whole of it is group 0. */
  readonly scopes: ReadonlyMap<number, string>;
}

/** A piece of a plan, with the TextMate scope of it where it has one. */
export interface Token {
  readonly text: string;
  readonly scope?: string;
}

/**
 * The tokens of a plan as the editor colours them while a server is not asked: where one stands, the first pattern that fits.
 * The generated grammar is read here, so that a word has one colour in an editor and in a page.
 */
export function tokensOf(plan: string): readonly Token[] {
  const tokens: Token[] = [];
  /** Up to where there are tokens. */
  let done = 0;
  const add = (end: number, scope?: string) => {
    if (end > done) tokens.push({ text: plan.slice(done, end), ...(scope !== undefined && { scope }) });
    done = Math.max(done, end);
  };
  for (let at = 0; at < plan.length; ) {
    const found = matchAt(plan, at);
    if (!found) {
      at += 1;
      continue;
    }
    add(at);
    for (const [group, scope] of found.scopes) {
      const [start, end] = found.match.indices?.[group] ?? [done, done];
      add(start);
      add(end, scope);
    }
    at = Math.max(at + 1, at + found.match[0].length);
    add(at);
  }
  add(plan.length);
  return tokens;
}

function matchAt(plan: string, at: number) {
  for (const { expression, scopes } of RULES) {
    expression.lastIndex = at;
    const match = expression.exec(plan);
    if (match && match[0].length > 0) return { match, scopes };
  }
  return undefined;
}

const RULES: readonly Rule[] = grammar.patterns.map(ruleOf);

function ruleOf({ name, match, captures = {}, begin, end, patterns = [] }: Pattern): Rule {
  const between = [...patterns.map((each) => each.match), '[^]'].join('|');
  // What is never closed goes on to the end.
  const source = match ?? `(?:${begin})(?:${between})*?(?:${end}|(?![^]))`;
  const groups = Object.entries(captures).flatMap(([group, scope]) =>
    scope ? [[Number(group), scope.name] as const] : [],
  );
  return {
    expression: new RegExp(source, 'dmuy'),
    scopes: new Map(name === undefined ? groups : [[0, name]]),
  };
}
