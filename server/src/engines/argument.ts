/** How an argument's value is written. A `switch` takes none on a command line, and true or false in a file. */
export type ArgumentKind = 'switch' | 'integer' | 'number' | 'text' | 'json';

/**
 * Whether an argument matters to a plan.
 *
 * - `plan`: a plan states it, and `launch.ts` beside the table reads and writes it.
 * - `beyond`: it changes memory or time, and a plan has no word for it, or moeplan does not compute it.
 * - `none`: it changes neither (addresses, logs, tokenizers, parsers of answers, files).
 */
export type ArgumentConcern = 'plan' | 'beyond' | 'none';

/** An argument of an engine's command line or configuration file, as the engine's own parser declares it. */
export interface Argument {
  /** Long name without dashes, words joined as the engine writes them: `max-num-seqs`, `kv_cache_config.dtype`. */
  readonly name: string;
  /** Other spellings that its parser takes for the same: `tp`, `tp-size`. Those of one dash are written with it: `-tp`. */
  readonly aliases: readonly string[];
  readonly kind: ArgumentKind;
  readonly concern: ArgumentConcern;
  /** The only values that its parser takes; any when absent. */
  readonly choices?: readonly string[];
  /** What it does to memory or time where it is `beyond` a plan. */
  readonly note?: string;
}

/** All arguments of one parser, and where they were read. */
export interface ArgumentTable {
  /** Release or commit, and the file of the engine's source. */
  readonly source: string;
  readonly arguments: readonly Argument[];
}

/**
 * Reads a table with a line for each argument: its name and other spellings with commas between them, then kind, choices in
 * brackets, and behind a colon what it does where it is beyond a plan.
 *
 *     tensor-parallel-size, -tp      integer
 *     all2all-backend                text [deepep_low_latency allgather_reducescatter]
 *     cpu-offload-gb                 number : weights beyond it lie in the host's memory
 *
 * @throws Error for a line of another form, which a test of each table would show.
 */
export function argumentsOf(concern: ArgumentConcern, lines: string): readonly Argument[] {
  return lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => argumentOf(concern, line));
}

const LINE =
  /^(?<names>[^\s:]+(?:, [^\s:]+)*) +(?<kind>switch|integer|number|text|json)(?: \[(?<choices>[^\]]*)\])?(?: : (?<note>.+))?$/;

function argumentOf(concern: ArgumentConcern, line: string): Argument {
  const { names = '', kind, choices, note } = LINE.exec(line)?.groups ?? {};
  const [name, ...aliases] = names.split(', ');
  if (!name || !isKind(kind)) throw new Error(`no argument: ${line}`);
  return {
    name,
    aliases,
    kind,
    concern,
    ...(choices !== undefined && { choices: choices.split(' ').filter((choice) => choice !== '') }),
    ...(note !== undefined && { note }),
  };
}

function isKind(word: string | undefined): word is ArgumentKind {
  return word === 'switch' || word === 'integer' || word === 'number' || word === 'text' || word === 'json';
}
