import { mayCall, mayLaunch } from '../text/launchWords.ts';
import { LAUNCH_FORMS } from './forms/index.ts';
import type { Known } from './known.ts';
import type { LaunchFile, ReadBeside } from './launch.ts';
import { type LaunchedPlan, planOf } from './plan.ts';

/**
 * Reads a file that launches an engine as a plan. Undefined where it launches none that moeplan knows. Nothing is executed;
 * `beside` reads the files that it names.
 */
export function readLaunch(file: LaunchFile, known: Known, beside: ReadBeside): LaunchedPlan | undefined {
  if (!mayLaunch(file.text) && !mayCall(file.text)) return undefined;
  for (const form of LAUNCH_FORMS) {
    const launches = form.read(file, beside);
    if (launches.length > 0) return planOf(launches, file, known);
  }
  return undefined;
}
