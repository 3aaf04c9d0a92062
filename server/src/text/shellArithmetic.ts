/** Where the bracket that opens at this offset is closed, behind it. The end of the text where it is not. */
export function closing(text: string, open: number): number {
  const [opener, closer] = text[open] === '{' ? ['{', '}'] : ['(', ')'];
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === opener) depth++;
    else if (text[at] === closer && --depth === 0) return at + 1;
    else if (text[at] === '\\') at++;
  }
  return text.length;
}

/** A longer expression is nobody's, and would go too deep. */
const MOST_TOKENS = 200;

type Calculated = { readonly value: number } | { readonly unset: readonly string[] };

/** Calculates what stands in `$((...))`: whole numbers, variables, `+ - * / %` and brackets. */
export function calculate(expression: string, lookUp: (name: string) => string | undefined): Calculated {
  const tokens = expression.match(/\d+|\$?\{?[A-Za-z_]\w*(?::?-\d+)?\}?|[-+*/%()]/g) ?? [];
  if (tokens.length > MOST_TOKENS) return { unset: [expression] };
  const unset: string[] = [];
  let next = 0;
  const primary = (): number => {
    const token = tokens[next++] ?? '';
    if (token === '-') return -primary();
    if (token === '(') {
      const value = sum();
      next++;
      return value;
    }
    if (/^\d/.test(token)) return Number(token);
    const [, name = token, otherwise] = /^\$?\{?(\w+)(?::?-(\d+))?\}?$/.exec(token) ?? [];
    const value = Number(lookUp(name) ?? otherwise ?? Number.NaN);
    if (!Number.isInteger(value)) unset.push(name);
    return value;
  };
  const product = (): number => {
    let value = primary();
    while (/^[*/%]$/.test(tokens[next] ?? '')) {
      const operator = tokens[next++];
      const other = primary();
      value = operator === '*' ? value * other : operator === '/' ? Math.trunc(value / other) : value % other;
    }
    return value;
  };
  const sum = (): number => {
    let value = product();
    while (/^[-+]$/.test(tokens[next] ?? '')) value += tokens[next++] === '+' ? product() : -product();
    return value;
  };
  const value = sum();
  return unset.length > 0 || !Number.isFinite(value) ? { unset } : { value };
}
