import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readShell } from '../../server/src/text/shell.ts';
import { seeded } from '../support/propertyRuns.ts';

/** The words of every command, with the names of variables that have no value behind a question mark. */
function commandsOf(text: string, variables: Readonly<Record<string, string>> = {}): readonly (readonly string[])[] {
  const { commands } = readShell(text, new Map(Object.entries(variables)));
  return commands.map(({ words }) => words.map((word) => word.text + word.unset.map((name) => `?${name}`).join('')));
}

describe('words', () => {
  test.each<readonly [string, string, readonly (readonly string[])[]]>([
    ['blanks and quotes', `run a 'b c' "d e" f\\ g ''`, [['run', 'a', 'b c', 'd e', 'f g', '']]],
    ['quotes inside a word', `--json='{"a": 1}' x"y"z`, [['--json={"a": 1}', 'xyz']]],
    [
      'a line that goes on',
      'run --a 1 \\\n  --b 2\nrun again',
      [
        ['run', '--a', '1', '--b', '2'],
        ['run', 'again'],
      ],
    ],
    ['a line that goes on in a file of Windows', 'run --a 1 \\\r\n  --b 2\r\n', [['run', '--a', '1', '--b', '2']]],
    ['comments', '# first\nrun a#b # end', [['run', 'a#b']]],
    ['separators', 'a; b && c | d || e & f', [['a'], ['b'], ['c'], ['d'], ['e'], ['f']]],
    ['redirections', 'run a > out 2>&1 < in &> all', [['run', 'a']]],
    [
      'words of the shell',
      'if test x; then run a; else run b; fi',
      [
        ['test', 'x'],
        ['run', 'a'],
        ['run', 'b'],
      ],
    ],
    ['a variable', 'A=8\nrun $A ${A} "$A"b', [['run', '8', '8', '8b']]],
    ['a variable with blanks is several words unless quoted', 'A="x  y"\nrun $A "$A"', [['run', 'x', 'y', 'x  y']]],
    ['other values', 'B=\nrun ${A:-1} ${B:-2} ${B-3} ${B:+4} ${A-5}', [['run', '1', '2', '5']]],
    ['no variable', 'run $UNSET a$(date)b `id`', [['run', '?UNSET', 'ab?$(date)', '?`id`']]],
    ['arithmetic', 'N=3\nrun $((N * 8)) $(( (N+1) / 2 % 2 - 4 )) $((${M:-2} * N))', [['run', '24', '-4', '6']]],
    ['arithmetic without a value', 'run $((N * 8))', [['run', '?N']]],
    ['an array', 'A=(a "b c" # why\n d)\nA+=(e)\nrun "${A[@]}"', [['run', 'a', 'b c', 'd', 'e']]],
    ['exports', 'export A=1 B="2 3"\nrun $A "$B"', [['run', '1', '2 3']]],
    [
      'a variable for one command',
      'A=1 run $A\nrun $A',
      [
        ['run', '1'],
        ['run', '1'],
      ],
    ],
    ['what is in single quotes stays', `run '$A \\n'`, [['run', '$A \\n']]],
  ])('%s', (_, text, expected) => expect(commandsOf(text)).toEqual(expected));

  test('variables from outside', () => expect(commandsOf('run $A', { A: '4' })).toEqual([['run', '4']]));

  test('each word stands where it is written', () => {
    const text = 'A=8\nrun --a="$A" \'b c\'';
    const [command] = readShell(text).commands;
    expect(command?.words.map(({ start, end }) => text.slice(start, end))).toEqual(['run', '--a="$A"', "'b c'"]);
  });

  test('what is exported or set before a command is its environment', () => {
    const [first, second] = readShell('export A=1\nB=2 run x\nrun y').commands;
    expect([...(first?.environment.keys() ?? [])]).toEqual(['A', 'B']);
    expect([...(second?.environment.keys() ?? [])]).toEqual(['A']);
  });
});

describe('files that a script writes', () => {
  test('a here-document with variables, and one without', () => {
    const { files, commands } = readShell(
      "N=4\ncat > a.yaml <<EOF\nn: $N\nEOF\ncat <<'END' > b.yaml\nn: $N\nEND\nrun a.yaml\n",
    );
    expect(Object.fromEntries(files)).toEqual({ 'a.yaml': 'n: 4\n', 'b.yaml': 'n: $N\n' });
    expect(commands.map(({ words }) => words[0]?.text)).toEqual(['cat', 'cat', 'run']);
  });

  test('what echo and printf write', () => {
    const { files } = readShell(`echo -e 'a: 1\\nb: 2' > a.yaml\nN=3; printf "c: $N\\n" > b.yaml\necho d: 4 > c.yaml`);
    expect(Object.fromEntries(files)).toEqual({
      'a.yaml': 'a: 1\nb: 2\n',
      'b.yaml': 'c: 3\n\n',
      'c.yaml': 'd: 4\n',
    });
  });

  test('tabs before the lines are no part of it where the script says so', () => {
    expect([...readShell('cat > a <<-EOF\n\t\tx\n\tEOF\nrun').files.values()]).toEqual(['x\n']);
  });
});

describe('any text', () => {
  const pieces = fc.constantFrom(
    ...[
      '"',
      "'",
      '\\',
      '\n',
      '$',
      '${',
      '}',
      '$((',
      '))',
      '$(',
      ')',
      '(',
      '`',
      'A=',
      'A+=(',
      '<<E',
      '<<',
      '>',
      ';',
      '#',
    ],
    ...['A', '${A:-', '$A', ' ', 'x', '&', '|', '1', '\r', 'E\n'],
  );

  test('is read to its end, and every word lies in it', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
        const text = parts.join('');
        for (const { words } of readShell(text).commands)
          for (const { start, end } of words) {
            expect(start).toBeLessThanOrEqual(end);
            expect(end).toBeLessThanOrEqual(text.length);
          }
      }),
      seeded(300),
    );
  });

  test('variables that hold each other twice do not fill the memory', () => {
    const lines = Array.from({ length: 60 }, (_, index) => `A${index + 1}="$A${index}$A${index}"`);
    const [command] = readShell(`A0=xxxxxxxx\n${lines.join('\n')}\nrun $A60`).commands;
    expect(command?.words[1]?.text.length ?? 0).toBeLessThan(2 ** 21);
  });

  test('deep brackets and values in values end', () => {
    expect(() => readShell(`run $((${'('.repeat(50_000)}1`)).not.toThrow();
    expect(() => readShell(`run ${'${A:-'.repeat(50_000)}1`)).not.toThrow();
  });
});

describe('what a script takes in', () => {
  test('sets variables, arrays and the environment of what follows', () => {
    const { commands } = readShell('source ./env.sh\n. more.sh\nrun $A "${B[@]}" $C', new Map(), (path) =>
      path === './env.sh' ? 'A=1\nB=(2 3)\nexport A' : path === 'more.sh' ? 'C=4' : undefined,
    );
    const last = commands.at(-1);
    expect(last?.words.map(({ text }) => text)).toEqual(['run', '1', '2', '3', '4']);
    expect([...(last?.environment ?? [])].map(([name, { text }]) => [name, text])).toEqual([['A', '1']]);
  });

  test('ends where scripts take in each other', () => {
    expect(readShell('source a.sh\nrun $A', new Map(), () => 'A=1\nsource a.sh').commands.at(-1)?.words).toHaveLength(
      2,
    );
  });
});

describe('conditions', () => {
  const last = (text: string) => commandsOf(`${text}\nrun $A`).at(-1)?.join(' ');
  test.each<readonly [string, string, string]>([
    ['one that holds', 'M=x\nif [ "$M" = x ]; then A=1; else A=2; fi', 'run 1'],
    ['one that does not', 'M=y\nif [[ $M == x ]]; then\n A=1\nelse\n A=2\nfi', 'run 2'],
    ['the first of several', 'M=2\nif [ $M -gt 3 ]; then A=1; elif test $M -le 2; then A=2; else A=3; fi', 'run 2'],
    ['one in another', 'M=x\nif [ $M = y ]; then if [ $M = x ]; then A=1; fi; A=2; else A=3; fi', 'run 3'],
    ['a text that is empty', 'M=\nif [ -z "$M" ]; then A=1; fi', 'run 1'],
    ['one that is negated', 'M=x\nif [ ! -n "$M" ]; then A=1; else A=2; fi', 'run 2'],
    ['and, or', 'M=x; A=0; [ $M = x ] && A=1; [ $M = x ] || A=2; [ $M = y ] && A=3', 'run 1'],
    ['one with a default', 'if [ "${M:-off}" = on ]; then A=1; else A=2; fi', 'run 2'],
    ['one that only running tells', 'A=0\nif [ -f file ]; then A=1; else A=2; fi', 'run 2'],
    ['what nothing sets', 'A=0\nif [ "$M" = x ]; then A=1; fi', 'run 1'],
    ['an array', 'M=x; if [ $M = y ]; then A=(1 2); else A=3; fi', 'run 3'],
  ])('%s', (_, text, expected) => {
    expect(last(text)).toBe(expected);
  });

  test('a file is what the branch writes that is taken', () => {
    const { files } = readShell('M=a\nif [ $M = a ]; then\ncat > f <<E\none\nE\nelse\ncat > f <<E\ntwo\nE\nfi\n');
    expect(files.get('f')).toBe('one\n');
  });

  test('commands of a branch that is left out are not run', () => {
    expect(commandsOf('M=a\nif [ $M = b ]; then\n  run one <<E\ntext\nE\nfi\nrun two')).toEqual([
      ['[', 'a', '=', 'b', ']'],
      ['run', 'two'],
    ]);
  });
});
