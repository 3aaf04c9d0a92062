import type { Severity } from '../language/diagnostic.ts';
import type { RuleSettings } from '../services/diagnostics.ts';
import { fieldOf } from './params.ts';

const SEVERITIES: readonly (Severity | 'off')[] = ['error', 'warning', 'information', 'hint', 'off'];

/** The settings below `moeplan` as the editor sends them. What is not understood there counts as not set. */
export function readSettings(settings: unknown): RuleSettings {
  const rules = fieldOf(settings, 'rules');
  if (typeof rules !== 'object' || rules === null) return {};
  const read: Record<string, Severity | 'off'> = {};
  for (const [rule, value] of Object.entries(rules)) {
    const severity = SEVERITIES.find((each) => each === value);
    if (severity) read[rule] = severity;
  }
  return read;
}
