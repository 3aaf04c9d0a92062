import {
  array,
  custom,
  finite,
  type GenericSchema,
  type InferInput,
  type InferOutput,
  maxLength,
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
  union,
} from 'valibot';
import { formatsWith } from './exportFormats.ts';

/**
 * Our own requests, which an editor sends in addition to those of the protocol, with the parameters of each. The server
 * checks a request against its schema, and the client's calls are typed by it. The message of a schema says what a
 * parameter must be.
 */

const text = string('a string');
const list = custom<readonly string[]>(
  (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  'a list of strings',
);
/** Empty by default. */
const texts = optional(list, []);
const maybeText = nullish(text);
const changes = pipe(
  record(string(), union([pipe(number(), finite()), string()], 'a number or a word'), 'an object of numbers and words'),
  readonly(),
);
/** More curves than a chart can tell apart. */
export const MOST_CURVES = 12;
const curveSubjects = pipe(
  array(object({ deployment: text, changes }), 'a list of deployments with changes'),
  maxLength(MOST_CURVES, `at most ${MOST_CURVES} deployments`),
  readonly(),
);
/** Texts by name, with null where there is no text. */
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

/**
 * `machines` is an SVG of the machines of pools. The others are SVG in the colours of one theme, from which to make a PNG:
 * `picture` is as fine as can be drawn, and `folded-picture` has equal GPUs and layers once each.
 */
const ASKED_FORMATS = [...formatsWith('command'), 'machines', 'picture', 'folded-picture', 'machines-picture'] as const;

export type AskedFormat = (typeof ASKED_FORMATS)[number];

const format = picklist(ASKED_FORMATS, `one of ${ASKED_FORMATS.map((name) => `\`${name}\``).join(', ')}`);

export const REQUESTS = {
  /** `known` has digests of parts of pictures that the answer may leave out. */
  'moeplan/preview': object({ uri: text, known: texts }),
  'moeplan/folded': object({ uri: text, opened: texts, closed: texts, deployment: text, known: texts }),
  'moeplan/reveal': object({ uri: text, deployment: text, id: text }),
  /** `preferred` is the deployment in which to show what several share. */
  'moeplan/nodesAt': object({ uri: text, position, preferred: maybeText }),
  'moeplan/deployments': object({ uri: text }),
  'moeplan/export': object({ uri: text, deployment: maybeText, format, file: maybeText }),
  'moeplan/reportPictures': object({ uri: text, file: text }),
  'moeplan/whatIf': object({ uri: text, deployment: text, changes }),
  'moeplan/writeWhatIf': object({ uri: text, deployment: text, changes }),
  /** Figures of deployments, each with changes, over one of their values; over the first that they have by default. */
  'moeplan/curves': object({ uri: text, subjects: curveSubjects, over: maybeText }),
  /** `files` has other texts by their URIs, and `named` says which. `file` is another plan. */
  'moeplan/differences': object({
    uri: text,
    deployment: text,
    base: maybeText,
    files,
    named: maybeText,
    file: maybeText,
  }),
  'moeplan/time': object({ uri: text, deployment: text }),
  /**
   * The best plans from a deployment: by one of the file's `search` blocks, the first by default, or by the usual search where the
   * name is empty; narrowed to values of its axes. What there is meanwhile is sent as progress of the token.
   */
  'moeplan/search': object({
    uri: text,
    deployment: text,
    search: maybeText,
    narrow: texts,
    partialResultToken: nullish(union([string(), number()], 'a string or a number')),
  }),
  /** One plan of a search beside the deployment, and the edit that writes it behind that. */
  'moeplan/foundPlan': object({ uri: text, deployment: text, search: maybeText, plan: text }),
  'moeplan/writeFound': object({ uri: text, deployment: text, search: maybeText, plan: text }),
  'moeplan/check': object({ uri: text, name: text }),
  /** All deployments by default. */
  'moeplan/compare': object({ uri: text, deployments: nullish(list) }),
  'moeplan/importConfig': object({ uri: text, config: text }),
  'moeplan/importLaunch': object({ uri: text, text: text }),
  /** Findings, lenses and plan of a launch that an editor shows; null for a text that launches nothing. */
  'moeplan/launch': object({ uri: text, text: text }),
  /** The files that start a deployment, in the form of that name. */
  'moeplan/writeLaunch': object({ uri: text, deployment: text, form: text }),
  'moeplan/launchHover': object({ uri: text, text: text, position }),
  'moeplan/launchCompletion': object({ uri: text, text: text, position }),
} as const;

export type RequestName = keyof typeof REQUESTS;

/** The parameters as sent. */
export type RequestParameters<Name extends RequestName> = InferInput<(typeof REQUESTS)[Name]>;

/** The parameters as the schema returns them. */
export type Params<Name extends RequestName> = InferOutput<(typeof REQUESTS)[Name]>;

/** A document, and a position in it, as requests of the protocol name them. */
export const DOCUMENT = object({ uri: text });
export const PLACE = object({ position });

type Schema = GenericSchema & { readonly entries: Readonly<Record<string, object>> };

/**
 * Reads the parameters of a request. When they do not match the schema, this throws what `refuse` makes of the reason, a
 * sentence.
 */
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
  // The library's own message for an absent parameter does not say what it must be.
  const wanted = issue.type === 'object' ? wantedOf(schema, path[0]) : issue.message;
  throw refuse(`${method}: \`${path.join('.')}\` must be ${wanted}`);
}

/** What a parameter must be, from its schema's message. */
function wantedOf({ entries }: Schema, name = ''): string {
  const entry = entries[name];
  return entry && 'message' in entry && typeof entry.message === 'string' ? entry.message : 'there';
}
