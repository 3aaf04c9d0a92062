import type { KernelCase } from '../accuracy/kernels/case.ts';
import { minimise, type Parameter } from './optimise.ts';

/** How one family of kernels is fitted. */
export interface Recipe<Constants> {
  readonly parameters: readonly (Parameter & { readonly start: number })[];
  readonly constantsOf: (values: readonly number[]) => Constants;
}

export interface FitResult {
  readonly set: string;
  readonly values: readonly number[];
  readonly rows: number;
  /** Mean absolute relative errors: of the rows fitted, of random fifths held out, of whole shapes held out ... */
  readonly error: number;
  readonly heldOut: number;
  readonly shapesHeldOut: number;
  /** ... of each GPU by constants of the set's others; nothing where the set has one GPU. */
  readonly gpusHeldOut: Readonly<Record<string, number>>;
}

/** Differences below this, as a logarithm, are noise and not worth bending a constant for. */
const NOISE = 0.02;
const FOLDS = 5;
/** Fewer rows than this for each parameter say nothing that would hold elsewhere: the set is left to its nearest. */
const ROWS_PER_PARAMETER = 3;

type Cases<Constants> = readonly KernelCase<Constants>[];

/** Fits every set of constants that the cases inform. */
export function fitSets<Constants>(
  cases: Cases<Constants>,
  recipe: Recipe<Constants>,
  validate: boolean,
): readonly FitResult[] {
  const usable = cases.filter((each) => each.trial !== undefined && each.aside === undefined);
  const sets = Object.groupBy(usable, (each) => each.trial?.set ?? '');
  return Object.entries(sets)
    .filter(([, members]) => (members ?? []).length >= ROWS_PER_PARAMETER * recipe.parameters.length)
    .map(([set, members]) => fitSet(set, members ?? [], recipe, validate));
}

function fitSet<Constants>(
  set: string,
  cases: Cases<Constants>,
  recipe: Recipe<Constants>,
  validate: boolean,
): FitResult {
  const start = recipe.parameters.map((parameter) => parameter.start);
  const values = searched(cases, recipe, start);
  const byRow = new Map(cases.map((each, index) => [each, hash(`${set} ${index}`) % FOLDS]));
  const byShape = new Map(cases.map((each) => [each, hash(each.trial?.shape ?? '') % FOLDS]));
  return {
    set,
    values,
    rows: cases.length,
    error: errorOf(cases, recipe.constantsOf(values)),
    heldOut: validate ? crossValidated(cases, recipe, values, byRow) : Number.NaN,
    shapesHeldOut: validate ? crossValidated(cases, recipe, values, byShape) : Number.NaN,
    gpusHeldOut: validate ? withoutGpus(cases, recipe) : {},
  };
}

function searched<Constants>(
  cases: Cases<Constants>,
  recipe: Recipe<Constants>,
  start: readonly number[],
): readonly number[] {
  return minimise(recipe.parameters, start, (values) => {
    const constants = recipe.constantsOf(values);
    let sum = 0;
    for (const { trial, measured } of cases) {
      if (!trial) continue;
      const difference = Math.log(trial.seconds(constants) / measured);
      sum += Math.sqrt(difference * difference + NOISE * NOISE);
    }
    return sum / cases.length;
  });
}

/** Every fold is predicted by constants fitted to the others. */
function crossValidated<Constants>(
  cases: Cases<Constants>,
  recipe: Recipe<Constants>,
  start: readonly number[],
  foldOf: ReadonlyMap<KernelCase<Constants>, number>,
): number {
  let sum = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const kept = cases.filter((each) => foldOf.get(each) !== fold);
    const out = cases.filter((each) => foldOf.get(each) === fold);
    if (out.length === 0) continue;
    const values =
      kept.length === 0
        ? start
        : searched(
            kept,
            recipe,
            recipe.parameters.map((each) => each.start),
          );
    sum += errorOf(out, recipe.constantsOf(values)) * out.length;
  }
  return sum / cases.length;
}

function withoutGpus<Constants>(cases: Cases<Constants>, recipe: Recipe<Constants>): Record<string, number> {
  const byGpu = Object.entries(Object.groupBy(cases, (each) => each.gpu));
  if (byGpu.length < 2) return {};
  const start = recipe.parameters.map((parameter) => parameter.start);
  return Object.fromEntries(
    byGpu.map(([gpu, members]) => {
      const values = searched(
        cases.filter((each) => each.gpu !== gpu),
        recipe,
        start,
      );
      return [gpu, errorOf(members ?? [], recipe.constantsOf(values))];
    }),
  );
}

export function errorOf<Constants>(cases: Cases<Constants>, constants: Constants): number {
  let sum = 0;
  for (const { trial, measured } of cases) if (trial) sum += Math.abs(trial.seconds(constants) / measured - 1);
  return sum / cases.length;
}

/** FNV-1a: folds must not depend on a random generator. */
function hash(text: string): number {
  let value = 2166136261;
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 16777619);
  return (value >>> 0) % 1000003;
}
