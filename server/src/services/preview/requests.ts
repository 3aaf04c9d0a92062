import {
  custom,
  finite,
  type GenericSchema,
  type InferInput,
  type InferOutput,
  nullable,
  nullish,
  number,
  object,
  optional,
  picklist,
  pipe,
  readonly,
  record,
  safeParse,
  string,
} from 'valibot';
import { formatsWith } from './exportFormats.ts';

/**
 * The requests of our own that an editor sends beside those of the protocol, with what each asks for: the schema is what the
 * server checks and what the client's calls are typed by. The message of a schema says what a parameter must be.
 */

const text = string('a string');
const list = custom<readonly string[]>(
  (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  'a list of strings',
);
/** Empty where it is left out. */
const texts = optional(list, []);
const maybeText = nullish(text);
const changes = pipe(
  record(string(), pipe(number('a number'), finite('a number')), 'an object of numbers'),
  readonly(),
);
/** Texts by name, null where there is no text. */
const files = nullish(pipe(record(string(), nullable(string('a string or null')), 'an object of texts'), readonly()));

interface TextPosition {
  readonly line: number;
  readonly character: number;
}

const isIndex = (value: unknown) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

export const position = custom<TextPosition>(
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    'line' in value &&
    'character' in value &&
    isIndex(value.line) &&
    isIndex(value.character),
  'a position: `line` and `character`, both whole numbers from 0',
);

/** A picture is an SVG with the colours of one theme, to make a PNG of; folded with equal GPUs and layers once each. */
const ASKED_FORMATS = [...formatsWith('command'), 'picture', 'folded-picture'] as const;

export type AskedFormat = (typeof ASKED_FORMATS)[number];

const format = picklist(ASKED_FORMATS, `one of ${ASKED_FORMATS.map((name) => `\`${name}\``).join(', ')}`);

export const REQUESTS = {
  /** `known`: digests of parts of pictures that the answer may leave out. */
  'moeplan/preview': object({ uri: text, known: texts }),
  'moeplan/folded': object({ uri: text, opened: texts, closed: texts, deployment: text, known: texts }),
  'moeplan/reveal': object({ uri: text, deployment: text, id: text }),
  /** `preferred`: the deployment in which to show what several share. */
  'moeplan/nodesAt': object({ uri: text, position, preferred: maybeText }),
  'moeplan/deployments': object({ uri: text }),
  'moeplan/export': object({ uri: text, deployment: maybeText, format, file: maybeText }),
  'moeplan/reportPictures': object({ uri: text, file: text }),
  'moeplan/whatIf': object({ uri: text, deployment: text, changes }),
  'moeplan/writeWhatIf': object({ uri: text, deployment: text, changes }),
  /** `files` are other texts by their URIs. */
  'moeplan/differences': object({ uri: text, deployment: text, base: maybeText, files }),
  'moeplan/check': object({ uri: text, name: text }),
  /** All deployments where none are named. */
  'moeplan/compare': object({ uri: text, deployments: nullish(list) }),
  'moeplan/importConfig': object({ uri: text, config: text }),
} as const;

export type RequestName = keyof typeof REQUESTS;

/** What is sent ... */
export type Asked<Name extends RequestName> = InferInput<(typeof REQUESTS)[Name]>;

/** ... and what is made of it. */
export type Params<Name extends RequestName> = InferOutput<(typeof REQUESTS)[Name]>;

/** A document, and a place in it, as requests of the protocol name them. */
export const DOCUMENT = object({ uri: text });
export const PLACE = object({ position });

type Schema = GenericSchema & { readonly entries: Readonly<Record<string, object>> };

/** Reads what a request asks; where it is not as the schema says, what `refuse` makes of the reason, a sentence, is thrown. */
export function readParams<Wanted extends Schema>(
  method: string,
  schema: Wanted,
  value: unknown,
  refuse: (reason: string) => Error,
): InferOutput<Wanted> {
  const parsed = safeParse(schema, value, { abortEarly: true });
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const path = issue.path?.map(({ key }) => String(key)) ?? Object.keys(schema.entries).slice(0, 1);
  // Of what is not there the library says no more than that.
  const wanted = issue.type === 'object' ? wantedOf(schema, path[0]) : issue.message;
  throw refuse(`${method}: \`${path.join('.')}\` must be ${wanted}`);
}

/** What a schema's message says that a parameter must be. */
function wantedOf({ entries }: Schema, name = ''): string {
  const entry = entries[name];
  return entry && 'message' in entry && typeof entry.message === 'string' ? entry.message : 'there';
}
