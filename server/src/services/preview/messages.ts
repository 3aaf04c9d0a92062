import {
  array,
  boolean,
  check,
  custom,
  exactOptional,
  finite,
  type InferOutput,
  is,
  literal,
  number,
  object,
  picklist,
  pipe,
  readonly,
  record,
  regex,
  safeInteger,
  string,
  union,
  unknown,
  variant,
} from 'valibot';
import type { CurvesAnswer } from './curvesProtocol.ts';
import type { DifferencesAnswer } from './differencesProtocol.ts';
import { formatsWith } from './exportFormats.ts';
import type { SentFoldedPicture, SentModel } from './protocol.ts';
import type { FoundPlanAnswer, SearchAnswer } from './searchProtocol.ts';
import type { TimeDetails } from './timeProtocol.ts';
import { views } from './views.ts';
import type { WhatIfAnswer } from './whatIfProtocol.ts';

/**
 * Messages between the extension and the page cross a boundary. Each side checks a message before it uses it, and the
 * schema gives the message its type. In what our own server made, only the parts over which the page iterates are checked.
 */

const texts = pipe(array(string()), readonly());
const sequence = pipe(number(), safeInteger());
const folds = pipe(object({ opened: texts, closed: texts }), readonly());
const view = picklist(views());

/** Why there is no answer: the server is not available, or the text has changed meanwhile. */
const failed = pipe(object({ failed: string() }), readonly());

export type Failed = InferOutput<typeof failed>;

/** Values to try, by the name of a knob or an option. */
const changes = pipe(record(string(), union([pipe(number(), finite()), string()])), readonly());

export type WhatIfChanges = InferOutput<typeof changes>;

const curveSubjects = pipe(array(object({ deployment: string(), changes })), readonly());

export type CurveSubjects = InferOutput<typeof curveSubjects>;

/** A name that Git gives to a commit: it never begins as an option does. */
const commit = pipe(string(), regex(/^[^\s-][^\s]{0,255}$/));
const planFile = pipe(string(), regex(/^[a-z][\w+.-]*:.*\.moeplan$/i));

/** The base with which a deployment is compared: another one, or the file in a commit, or another file. */
const base = union([
  pipe(object({ deployment: string() }), readonly()),
  pipe(object({ commit }), readonly()),
  pipe(object({ file: planFile }), readonly()),
  literal('last-commit'),
]);

export type DifferencesBase = InferOutput<typeof base>;

/** A base as the page keeps it; undefined for anything else. */
export function asBase(value: unknown): DifferencesBase | undefined {
  return is(base, value) ? value : undefined;
}

/** A PNG in base64. Anything else that a page might send would be written into the reader's file under this name. */
const png = pipe(string(), regex(/^iVBORw0KGgo[A-Za-z0-9+/]*={0,2}$/));

const searched = { deployment: string(), search: exactOptional(string()) };

const fromPage = variant('type', [
  object({ type: literal('ready') }),
  /** Selects the source of a node or bar. */
  object({ type: literal('reveal'), deployment: string(), id: string() }),
  /** Asks for the folded picture of a deployment with these groups opened and closed. */
  object({ type: literal('fold'), deployment: string(), folds }),
  object({
    type: literal('export'),
    deployment: string(),
    format: picklist(formatsWith('listed')),
    /** How the page shows the graph. */
    picture: picklist(['folded', 'each', 'machines']),
  }),
  /** What the reader has chosen, and the deployment that is shown, which nobody may have chosen. */
  object({
    type: literal('state'),
    view,
    deployment: exactOptional(string()),
    shown: exactOptional(string()),
  }),
  object({ type: literal('whatIf'), deployment: string(), changes, sequence }),
  object({ type: literal('writeWhatIf'), deployment: string(), changes }),
  /** Asks for figures of deployments over one of their values. */
  object({ type: literal('curves'), subjects: curveSubjects, over: exactOptional(string()), sequence }),
  object({ type: literal('differences'), deployment: string(), base, sequence }),
  /** Asks for the best plans: by the `search` block of this name, or by the usual search where it is empty. */
  object({ type: literal('search'), ...searched, narrow: texts, sequence }),
  /** Nobody looks at the search any more. */
  object({ type: literal('stopSearch') }),
  /** Asks for one plan of a search beside the deployment. */
  object({ type: literal('foundPlan'), ...searched, plan: string(), sequence }),
  object({ type: literal('writeFound'), ...searched, plan: string() }),
  /** Asks how the parts of a deployment's time are computed, and what changes would bring. */
  object({ type: literal('time'), deployment: string(), sequence }),
  /** Lets the reader choose a commit or a file to compare with. */
  object({ type: literal('chooseBase'), what: picklist(['commit', 'file']) }),
  /** The requested PNG, or the reason why there is none. */
  object({ type: literal('png'), deployment: string(), data: png }),
  object({ type: literal('noPng'), deployment: string(), reason: string() }),
]);

/** Messages from the page to the extension. */
export type FromPage = Readonly<InferOutput<typeof fromPage>>;

export function isFromPage(value: unknown): value is FromPage {
  return is(fromPage, value);
}

const anything = array(unknown());
const finiteNumber = pipe(number(), finite());
/** Places and sizes. One that is not a number would move the whole picture out of sight. */
const numbers = custom<number[]>((value) => Array.isArray(value) && value.every(Number.isFinite));

/** A part that the page already has. */
const reference = object({ digest: string(), known: literal(true) });
const items = array(object({ id: string() }));
const patch = object({ order: exactOptional(texts), changed: items });

const topology = union([
  reference,
  object({ digest: string(), base: string(), nodes: patch, edges: patch, groups: patch }),
  pipe(
    object({ digest: string(), nodes: items, edges: items, groups: items }),
    check((sent) => !('base' in sent)),
  ),
]);
const positions = union([
  reference,
  object({
    digest: string(),
    width: finiteNumber,
    height: finiteNumber,
    nodes: numbers,
    groups: numbers,
    edges: array(numbers),
  }),
]);
const picture = object({ topology, positions });

const model = object({
  uri: string(),
  version: number(),
  names: texts,
  stale: exactOptional(string()),
  deployments: array(
    object({
      name: string(),
      ...picture.entries,
      overview: exactOptional(picture),
      summary: anything,
      time: object({ bars: anything }),
      memory: anything,
      timelines: anything,
      traffic: anything,
      validations: anything,
      claims: anything,
    }),
  ),
  comparison: exactOptional(
    object({ deployments: texts, cannotRun: texts, values: anything, rows: anything, claims: anything }),
  ),
});

const whatIfAnswer = object({
  deployment: string(),
  knobs: array(object({ name: string(), steps: anything })),
  options: array(object({ name: string(), choices: texts })),
  rows: exactOptional(anything),
  findings: exactOptional(anything),
  invalid: exactOptional(string()),
});

const curvesAnswer = object({
  axes: array(object({ name: string() })),
  over: string(),
  measures: array(object({ name: string(), goals: anything })),
  curves: array(object({ name: string(), points: array(object({ x: finiteNumber, values: anything, texts })) })),
});

const differencesAnswer = union([
  object({ unavailable: string() }),
  object({
    notes: texts,
    differences: object({
      picture: object({ nodes: anything, edges: anything, groups: anything }),
      experts: object({ moved: anything }),
      properties: anything,
      figures: anything,
      memory: anything,
    }),
  }),
]);

const timeDetails = object({
  deployment: string(),
  derivations: record(string(), object({ formula: string(), source: string(), lines: anything })),
  marks: array(object({ kinds: texts, label: string() })),
});

const searchPlans = array(object({ key: string(), words: string(), values: anything, texts }));

const searchAnswer = object({
  deployment: string(),
  searches: texts,
  search: string(),
  asks: texts,
  narrow: array(object({ key: string(), text: string() })),
  faults: texts,
  result: exactOptional(
    object({
      notes: texts,
      metrics: array(object({ name: string(), label: string() })),
      plans: searchPlans,
      front: searchPlans,
      base: exactOptional(object({ values: anything, texts })),
      fallen: anything,
      axes: array(object({ axis: string(), values: anything })),
    }),
  ),
});

const foundPlanAnswer = union([
  object({ unavailable: string() }),
  object({ key: string(), words: string(), rows: anything, properties: anything, text: string() }),
]);

const foldedAnswer = union([object({ refused: string() }), object({ picture })]);

const toPage = variant('type', [
  object({ type: literal('model'), model: custom<SentModel>((value) => is(model, value)) }),
  /** The answer to `fold`. */
  object({
    type: literal('folded'),
    deployment: string(),
    folds,
    answer: custom<SentFoldedPicture>((value) => is(foldedAnswer, value)),
  }),
  /** The cursor moved in the source: marks these nodes. */
  object({ type: literal('highlight'), deployment: string(), nodes: texts }),
  /**
   * Show a view; with nodes, select the first that is drawn and mark them all; of a figure of the summary, where it comes
   * from; of the view Search, by which `search` block.
   */
  object({
    type: literal('show'),
    view,
    deployment: exactOptional(string()),
    nodes: exactOptional(texts),
    figure: exactOptional(string()),
    search: exactOptional(string()),
  }),
  /** The answer to the question of this number; the page drops it when it has asked again. */
  object({
    type: literal('whatIf'),
    sequence,
    answer: union([failed, custom<WhatIfAnswer>((value) => is(whatIfAnswer, value))]),
  }),
  /** The result of writing a what-if into the plan. */
  object({ type: literal('written'), deployment: string(), isDone: boolean(), text: string() }),
  object({
    type: literal('curves'),
    sequence,
    answer: union([failed, custom<CurvesAnswer>((value) => is(curvesAnswer, value))]),
  }),
  object({
    type: literal('differences'),
    sequence,
    answer: union([failed, custom<DifferencesAnswer>((value) => is(differencesAnswer, value))]),
  }),
  object({
    type: literal('time'),
    sequence,
    answer: union([failed, custom<TimeDetails>((value) => is(timeDetails, value))]),
  }),
  /** What a search has come to: so far, while its result has progress. */
  object({
    type: literal('search'),
    sequence,
    answer: union([failed, custom<SearchAnswer>((value) => is(searchAnswer, value))]),
  }),
  object({
    type: literal('foundPlan'),
    sequence,
    answer: union([failed, custom<FoundPlanAnswer>((value) => is(foundPlanAnswer, value))]),
  }),
  /** The result of writing a found plan into the text. */
  object({ type: literal('writtenFound'), deployment: string(), isDone: boolean(), text: string() }),
  /** The commit or file that the reader has chosen to compare with. */
  object({ type: literal('baseChosen'), base }),
  /** Asks for a PNG of this picture. */
  object({ type: literal('rasterise'), deployment: string(), svg: string() }),
]);

/** Messages from the extension to the page. */
export type ToPage = Readonly<InferOutput<typeof toPage>>;

export function isToPage(value: unknown): value is ToPage {
  return is(toPage, value);
}
