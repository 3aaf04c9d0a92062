import type { Given } from '../../engines/launch.ts';
import { foldedName } from '../../engines/launch.ts';
import type { Span } from '../../language/span.ts';
import type { Worker } from '../../launch/launch.ts';
import type { LaunchedWorker } from '../../launch/plan.ts';
import type { LaunchDocument } from './launches.ts';

/** What stands at a place of a launch: the command of a worker, or one of the arguments that are given to it. */
export interface LaunchPlace {
  readonly launched: LaunchedWorker;
  /** Undefined on the words that start the engine. */
  readonly given: Given | undefined;
  readonly isVariable: boolean;
  readonly span: Span;
}

/** What stands at an offset. Undefined where nothing that is read of the launch does. */
export function placeInLaunch({ file, launched }: LaunchDocument, offset: number): LaunchPlace | undefined {
  const isHere = ({ uri, span }: Given['place']) => uri === file.uri && span.start <= offset && offset <= span.end;
  const length = ({ place: { span } }: Given) => span.end - span.start;
  const named = nameBefore(file.text, offset);
  for (const worker of launched.workers) {
    const { given, environment } = worker.worker;
    const here = [
      ...given.map((argument) => ({ argument, isVariable: false })),
      ...[...environment.values()].map((argument) => ({ argument, isVariable: true })),
    ].filter(({ argument }) => isHere(argument.place));
    const shortest = Math.min(...here.map(({ argument }) => length(argument)));
    const nearest = here.filter(({ argument }) => length(argument) === shortest);
    // Arguments in quotes may share a place, and so do the parts of a mapping.
    const found = nearest.find(({ argument }) => foldedName(argument.name) === named) ?? nearest[0];
    if (found)
      return { launched: worker, given: found.argument, isVariable: found.isVariable, span: found.argument.place.span };
    if (isHere(worker.worker.place))
      return { launched: worker, given: undefined, isVariable: false, span: worker.worker.place.span };
  }
  return undefined;
}

/** The last flag or key that begins at or before an offset of its line, as names are compared. */
function nameBefore(text: string, offset: number): string | undefined {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  const line = text.slice(start, end < 0 ? text.length : end);
  const names = [...line.matchAll(/--?[A-Za-z][\w.-]*|[\w.-]+(?=\s*[:=])/g)];
  const last = names.findLast(({ index }) => start + index <= offset);
  return last && foldedName(last[0]);
}

/** The worker whose command or arguments an offset is among, with what is being typed behind its last word. */
export function workerAround({ file, launched }: LaunchDocument, offset: number): Worker | undefined {
  const around = launched.workers.find(({ worker: { extent } }) => {
    if (extent?.uri !== file.uri || offset < extent.span.start) return false;
    // Behind the last word only blanks and lines that go on belong to the command.
    return offset <= extent.span.end || /^(?:[ \t]|\\\r?\n)*$/.test(file.text.slice(extent.span.end, offset));
  });
  return around?.worker;
}
