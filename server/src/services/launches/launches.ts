import type { Entity } from '../../language/entity.ts';
import { firstNotBelow } from '../../language/halving.ts';
import { createLineIndex, type LineIndex } from '../../language/lineIndex.ts';
import { analyse } from '../../language/program.ts';
import { parseSource, type Sources } from '../../language/source.ts';
import { knownFrom } from '../../launch/known.ts';
import type { LaunchFile } from '../../launch/launch.ts';
import type { LaunchedPlan } from '../../launch/plan.ts';
import type { PlanText } from '../../launch/planText.ts';
import { readLaunch } from '../../launch/read.ts';
import { applyEdits } from '../edits.ts';
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
function catalogOf(sources: Sources): readonly Entity[] {
  const uri = 'moeplan-launch:/empty.moeplan';
  const empty: Sources = {
    read: (target) => (target === uri ? '' : sources.read(target)),
    unread: (target) => sources.unread(target),
    resolve: (from, path) => sources.resolve(from, path),
    catalog: () => sources.catalog(),
  };
  return analyse(uri, empty).entities;
}
