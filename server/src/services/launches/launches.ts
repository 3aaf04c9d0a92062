import type { Diagnostic } from '../../language/diagnostic.ts';
import { firstNotBelow } from '../../language/halving.ts';
import { createLineIndex, type LineIndex } from '../../language/lineIndex.ts';
import { inOrder, runRules } from '../../language/rules/run.ts';
import { parseSource, type Sources } from '../../language/source.ts';
import type { Location, Span } from '../../language/span.ts';
import { knownFrom } from '../../launch/known.ts';
import type { LaunchFile } from '../../launch/launch.ts';
import type { LaunchedPlan } from '../../launch/plan.ts';
import type { PlanText } from '../../launch/planText.ts';
import { mayLaunch, readLaunch } from '../../launch/read.ts';
import { LAUNCH_RULES } from '../../launch/rules/index.ts';
import { type Analysis, AnalysisCache, analyseDocument } from '../analysis.ts';
import { applyEdits } from '../edits.ts';
import { ALL_RULES, diagnose } from '../findings/diagnostics.ts';
import { format } from '../format/format.ts';

/** A file that launches an engine, the plan that it is, and what is found in it. */
export interface LaunchDocument {
  readonly file: LaunchFile;
  readonly lineIndex: LineIndex;
  readonly launched: LaunchedPlan;
}

/**
 * Reads a launch with the models and machines of the catalogue, and the files that it names. Undefined where the file launches
 * nothing. A file outside of the workspace is not read.
 */
export function launchDocument(file: LaunchFile, sources: Sources): LaunchDocument | undefined {
  if (!mayLaunch(file.text)) return undefined;
  const launched = readLaunch(file, knownFrom(catalogOf(sources)), (path) => {
    const resolved = sources.resolve(file.uri, path);
    const text = 'uri' in resolved ? sources.read(resolved.uri) : undefined;
    return 'uri' in resolved && text !== undefined ? { uri: resolved.uri, text } : undefined;
  });
  if (!launched) return undefined;
  return { file, lineIndex: createLineIndex(file.text), launched: { ...launched, plan: formatted(launched.plan) } };
}

/** A plan in the usual form, with its marks where their statements have moved to. */
function formatted({ text, marks }: PlanText): PlanText {
  const edits = format(parseSource('moeplan-launch:/plan.moeplan', text));
  const lengthened = edits.map(({ span, text: added }) => added.length - (span.end - span.start));
  const ends = edits.map(({ span }) => span.end);
  const total = [0];
  for (const more of lengthened) total.push((total.at(-1) ?? 0) + more);
  const moved = (offset: number) => {
    const before = firstNotBelow(ends.length, (index) => ends[index] ?? 0, offset + 1);
    return offset + (total[before] ?? 0);
  };
  return {
    text: applyEdits(text, edits),
    marks: marks.map(({ span, from }) => ({ span: { start: moved(span.start), end: moved(span.end - 1) + 1 }, from })),
  };
}

/** The blocks that any plan can name. */
function catalogOf(sources: Sources): Analysis['program']['entities'] {
  const uri = 'moeplan-launch:/empty.moeplan';
  const empty: Sources = {
    read: (target) => (target === uri ? '' : sources.read(target)),
    unread: (target) => sources.unread(target),
    resolve: (from, path) => sources.resolve(from, path),
    catalog: () => sources.catalog(),
  };
  return analyseDocument(uri, empty, new AnalysisCache()).program.entities;
}

/** Rules about what depends on the machines. */
const OF_MACHINES: ReadonlySet<string> = new Set(
  ALL_RULES.filter(({ family }) => ['memory', 'prediction', 'gpus'].includes(family)).map(({ name }) => name),
);

/**
 * Findings in a launch: those of its arguments, and those of its plan at the arguments that say what is wrong. Without a GPU in
 * the launch nothing is said of memory. Fixes of the plan are no edits of the launch, and are left out.
 */
export function launchDiagnostics({ file, launched }: LaunchDocument, plan: Analysis): readonly Diagnostic[] {
  const own = runRules(LAUNCH_RULES, { notes: launched.notes }, { uri: file.uri, span: START });
  // What does not fit may follow from what could not be read, which has its finding.
  const isDoubtful = launched.isMachineAssumed || launched.notes.some(({ kind }) => kind === 'not-understood');
  const ofPlan = diagnose(plan).flatMap((diagnostic): readonly Diagnostic[] => {
    if (isDoubtful && OF_MACHINES.has(diagnostic.rule)) return [];
    // What the launch leaves out is listed among what has to be decided.
    if (diagnostic.rule === 'missing-property') return [];
    const { fixes: _, related, ...told } = diagnostic;
    const place = placeOf(diagnostic.span, launched, file.uri);
    const others = (related ?? []).map((note) => ({
      ...note,
      ...(note.uri === plan.uri ? placeOf(note.span, launched, file.uri) : {}),
    }));
    return [{ ...told, uri: file.uri, span: place.span, ...(others.length > 0 && { related: others }) }];
  });
  return inOrder([...own, ...ofPlan].filter(({ severity }) => severity !== 'hint'));
}

const START: Span = { start: 0, end: 0 };

/** Statements that decide what a GPU holds. */
const DEGREE = /^(?:tp|cp|dp|etp|ep|pp)\b/;

/**
 * The argument that says what stands at a place of the plan. What is told of a whole deployment or pool stands at its first degree,
 * or else at what was said before.
 */
function placeOf(span: Span, { plan }: LaunchedPlan, uri: string): Location {
  const inFile = plan.marks.flatMap((mark) => {
    const place = mark.from.find((location) => location.uri === uri);
    return place ? [{ span: mark.span, place }] : [];
  });
  const within = inFile.find((mark) => mark.span.start < span.end && span.start < mark.span.end);
  const degree = inFile.find(
    (mark) => mark.span.start >= span.start && DEGREE.test(plan.text.slice(mark.span.start, mark.span.end)),
  );
  const before = inFile.findLast((mark) => mark.span.start <= span.start);
  return (within ?? degree ?? before ?? inFile[0])?.place ?? { uri, span: START };
}
