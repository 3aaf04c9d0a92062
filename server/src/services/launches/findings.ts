import type { Diagnostic } from '../../language/diagnostic.ts';
import { inOrder, runRules } from '../../language/rules/run.ts';
import type { Span } from '../../language/span.ts';
import { LAUNCH_RULES } from '../../launch/rules/index.ts';
import type { Analysis } from '../analysis.ts';
import { ALL_RULES, adjusted, diagnose, type RuleSettings } from '../findings/diagnostics.ts';
import type { LaunchDocument } from './launches.ts';
import { placeInLaunch } from './marks.ts';

/** Rules about what depends on the machines. */
const OF_MACHINES: ReadonlySet<string> = new Set(
  ALL_RULES.filter(({ family }) => ['memory', 'prediction', 'gpus'].includes(family)).map(({ name }) => name),
);

/**
 * Findings in a launch: those of its arguments, and those of its plan at the arguments that say what is wrong. Without a GPU in
 * the launch nothing is said of memory. Fixes of the plan are no edits of the launch, and are left out. `found` are the findings of the plan.
 */
export function launchDiagnostics(
  { file, launched }: LaunchDocument,
  plan: Analysis,
  settings: RuleSettings = {},
  found: readonly Diagnostic[] = diagnose(plan, settings),
): readonly Diagnostic[] {
  const own = runRules(LAUNCH_RULES, { notes: launched.notes }, { uri: file.uri, span: START }).flatMap((diagnostic) =>
    adjusted(diagnostic, settings),
  );
  // What does not fit may follow from what could not be read, which has its finding.
  const isDoubtful = launched.isMachineAssumed || launched.notes.some(({ kind }) => kind === 'not-understood');
  const ofPlan = found.flatMap((diagnostic): readonly Diagnostic[] => {
    if (isDoubtful && OF_MACHINES.has(diagnostic.rule)) return [];
    // What the launch leaves out is listed among what has to be decided.
    if (diagnostic.rule === 'missing-property') return [];
    const { fixes: _, related, ...told } = diagnostic;
    const place = placeInLaunch(diagnostic.span, launched, file.uri);
    const others = (related ?? []).map((note) => ({
      ...note,
      ...(note.uri === plan.uri ? placeInLaunch(note.span, launched, file.uri) : {}),
    }));
    return [{ ...told, uri: file.uri, span: place.span, ...(others.length > 0 && { related: others }) }];
  });
  return inOrder([...own, ...ofPlan].filter(({ severity }) => severity !== 'hint'));
}

const START: Span = { start: 0, end: 0 };
