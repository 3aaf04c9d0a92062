import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RuleDoc, readRules } from './docs/rules.ts';
import { isRecord } from './vscode/json.ts';

/**
 * `node scripts/generate-manifest.ts`: the setting `moeplan.rules` in package.json, one property per rule with its
 * summary and default severity, so that the settings editor offers what the rules say of themselves.
 */
const root = join(import.meta.dirname, '..');

export function ruleSettings(rules: readonly RuleDoc[]): Readonly<Record<string, unknown>> {
  const sorted = [...rules].sort((left, right) => (left.name < right.name ? -1 : 1));
  return Object.fromEntries(
    sorted.map(({ name, severity, summary }) => [
      name,
      { enum: ['error', 'warning', 'information', 'hint', 'off'], default: severity, description: summary },
    ]),
  );
}

/** The manifest's text with the rules written in. Throws when it has no setting `moeplan.rules`. */
export function withRules(manifest: string, rules: readonly RuleDoc[]): string {
  const parsed: unknown = JSON.parse(manifest);
  const setting = ['contributes', 'configuration', 'properties', 'moeplan.rules'].reduce<unknown>(
    (at, key) => (isRecord(at) ? at[key] : undefined),
    parsed,
  );
  if (!isRecord(setting)) throw new Error('package.json has no setting `moeplan.rules`');
  setting.properties = ruleSettings(rules);
  return `${JSON.stringify(parsed, undefined, 2)}\n`;
}

if (import.meta.main) {
  const file = join(root, 'package.json');
  writeFileSync(file, withRules(readFileSync(file, 'utf8'), await readRules(root)));
}
