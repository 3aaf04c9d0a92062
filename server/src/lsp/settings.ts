import type { Severity } from '../language/diagnostic.ts';
import { HINT_KINDS, type HintKind } from '../services/annotations/inlayHints.ts';
import type { RuleSettings } from '../services/findings/diagnostics.ts';
import { fieldOf } from './params.ts';

/** What a user can set below `moeplan`. */
export interface Settings {
  /** `moeplan.rules`: severities by rule. */
  readonly rules: RuleSettings;
  /** `moeplan.inlayHints.KIND`. Each kind is shown unless it is switched off. */
  readonly inlayHints: ReadonlySet<HintKind>;
  /** `moeplan.codeLens`. Lenses are shown unless they are switched off. */
  readonly codeLens: boolean;
  /** `moeplan.workspaceDiagnostics`. Plans that are not open are checked too unless this is switched off. */
  readonly workspaceDiagnostics: boolean;
}

const SEVERITIES: readonly (Severity | 'off')[] = ['error', 'warning', 'information', 'hint', 'off'];

/** The settings below `moeplan` as the editor sends them. A setting that is not understood counts as not set. */
export function readSettings(settings: unknown): Settings {
  const hints = fieldOf(settings, 'inlayHints');
  return {
    rules: readRules(fieldOf(settings, 'rules')),
    inlayHints: new Set(HINT_KINDS.filter((kind) => fieldOf(hints, kind) !== false)),
    codeLens: fieldOf(settings, 'codeLens') !== false,
    workspaceDiagnostics: fieldOf(settings, 'workspaceDiagnostics') !== false,
  };
}

function readRules(rules: unknown): RuleSettings {
  if (typeof rules !== 'object' || rules === null) return {};
  return Object.fromEntries(
    Object.entries(rules).flatMap(([rule, value]) => {
      const severity = SEVERITIES.find((candidate) => candidate === value);
      return severity ? [[rule, severity] as const] : [];
    }),
  );
}
