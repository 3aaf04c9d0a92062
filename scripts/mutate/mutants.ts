import { generator } from '../random.ts';

/** One small change of one source file. */
export interface Mutant {
  /** From the root of the checkout. */
  readonly file: string;
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** What is put in place of each operator; a change that types or the parser would refuse is none. */
const OPERATORS: readonly (readonly [RegExp, string])[] = [
  [/ <= /g, ' < '],
  [/ < /g, ' <= '],
  [/ >= /g, ' > '],
  [/ > /g, ' >= '],
  [/ === /g, ' !== '],
  [/ !== /g, ' === '],
  [/ && /g, ' || '],
  [/ \|\| /g, ' && '],
  [/ \+ /g, ' - '],
  [/ - /g, ' + '],
  [/ \* /g, ' / '],
  [/ \/ /g, ' * '],
  [/\bMath\.max\b/g, 'Math.min'],
  [/\bMath\.min\b/g, 'Math.max'],
  [/\bMath\.ceil\b/g, 'Math.floor'],
  [/\bMath\.floor\b/g, 'Math.ceil'],
  [/\btrue\b/g, 'false'],
  [/\bfalse\b/g, 'true'],
];

/** Comments, texts and types of imports as blanks of equal length: what is in them changes nothing that is computed. */
export function codeOf(source: string): string {
  const blank = (text: string) => text.replace(/[^\n]/g, ' ');
  return source
    .replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g, blank)
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g, blank)
    .replace(/^(?:import|export type|export interface|interface|type)\b[\s\S]*?(?:;|^\})/gm, blank);
}

/** Every change of a file that is tried: operators by their neighbours, numbers by others. */
export function mutantsOf(file: string, source: string): readonly Mutant[] {
  const code = codeOf(source);
  const found: Mutant[] = [];
  for (const [pattern, text] of OPERATORS)
    for (const { 0: met, index } of code.matchAll(pattern))
      found.push({ file, start: index, end: index + met.length, text });
  for (const { 0: met, index } of code.matchAll(/(?<![\w.$])\d[\d_]*(?:\.\d+)?(?:e-?\d+)?(?![\w.])/g)) {
    const value = Number(met.replaceAll('_', ''));
    found.push({ file, start: index, end: index + met.length, text: String(value === 0 ? 1 : value * 2) });
  }
  return found.sort((left, right) => left.start - right.start);
}

/** Some of them, the same for the same seed. */
export function sampled(mutants: readonly Mutant[], count: number, seed: number): readonly Mutant[] {
  const left = [...mutants];
  const draw = generator(seed);
  const chosen: Mutant[] = [];
  while (chosen.length < count && left.length > 0) chosen.push(...left.splice(Math.floor(draw() * left.length), 1));
  return chosen;
}

export function mutated(source: string, { start, end, text }: Mutant): string {
  return source.slice(0, start) + text + source.slice(end);
}

/** The changed line, as it was and as it is, for people. */
export function describe(source: string, mutant: Mutant): string {
  const line = source.slice(0, mutant.start).split('\n').length;
  const rows = (text: string) => text.split('\n')[line - 1]?.trim() ?? '';
  return `${mutant.file}:${line}\n  - ${rows(source)}\n  + ${rows(mutated(source, mutant))}`;
}
