/** Texts of one thing again and again, `n` times: each kind once made some part of us take the square of its length. */
export const LONG_TEXTS: Readonly<Record<string, (n: number) => string>> = {
  words: (n) => 'a '.repeat(n),
  opened: (n) => 'model a {\n'.repeat(n),
  'opened on one line': (n) => 'stage a { '.repeat(n),
  closed: (n) => '}\n'.repeat(n),
  brackets: (n) => 'let x = [\n'.repeat(n),
  parentheses: (n) => 'let x = ((\n\n\n'.repeat(n),
  'headers without a brace': (n) => `model a\n${'\n'.repeat(n)}`.repeat(3),
  strings: (n) => '"\n'.repeat(n),
  comments: (n) => '/* */'.repeat(n),
  strange: (n) => '@ '.repeat(n),
  'one long list': (n) => `let x = [${'1, '.repeat(n)}]`,
  'one long sum': (n) => `let x = 1${' + 1'.repeat(n)}`,
  'unknown names': (n) =>
    Array.from({ length: n }, (_, at) => `cluster c${at} { node = unknown-${at}, count = 1 }\n`).join(''),
  'a chain of constants': (n) => Array.from({ length: n }, (_, at) => `let x${at} = x${at + 1} + 1\n`).join(''),
  'a chain of bases': (n) => Array.from({ length: n }, (_, at) => `workload x${at} extends x${at + 1} { }\n`).join(''),
  'many stages': (n) =>
    `deployment d {\n${Array.from({ length: n }, (_, at) => `stage s${at} { layers = ${at} }\ns${at} -> s${at + 1}\n`).join('')}}`,
  'one name again and again': (n) => 'let a = 1\nworkload w { sequences = a, sequences = a }\n'.repeat(n),
};
