import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RuleDoc, readRules } from './docs/rules.ts';
import { clientMessages } from './l10n.ts';
import { isRecord } from './vscode/json.ts';

/**
 * `node scripts/generate-manifest.ts`: what the manifest and its texts repeat of the code. The setting `moeplan.rules`
 * in package.json has one property per rule with its default severity, and package.nls.json the rule's summary, so that
 * the settings editor offers what the rules say of themselves; l10n/bundle.l10n.json has the sentences of the client,
 * to be translated.
 */
const root = join(import.meta.dirname, '..');

const RULE_KEY = 'rule.';

export function ruleSettings(rules: readonly RuleDoc[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    sorted(rules).map(({ name, severity }) => [
      name,
      {
        enum: ['error', 'warning', 'information', 'hint', 'off'],
        default: severity,
        description: `%${RULE_KEY}${name}%`,
      },
    ]),
  );
}

/** Summaries of the rules by their keys in package.nls.json. */
export function ruleTexts(rules: readonly RuleDoc[]): Readonly<Record<string, string>> {
  return Object.fromEntries(sorted(rules).map(({ name, summary }) => [`${RULE_KEY}${name}`, summary]));
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
  return jsonText(parsed);
}

/** The manifest's texts with those of the rules in the place of the first of them, and no others of rules. */
export function withRuleTexts(texts: string, rules: readonly RuleDoc[]): string {
  const parsed: unknown = JSON.parse(texts);
  const entries = Object.entries(isRecord(parsed) ? parsed : {});
  const first = entries.findIndex(([key]) => key.startsWith(RULE_KEY));
  const others = entries.filter(([key]) => !key.startsWith(RULE_KEY));
  const place = first < 0 ? others.length : first;
  return jsonText(
    Object.fromEntries([...others.slice(0, place), ...Object.entries(ruleTexts(rules)), ...others.slice(place)]),
  );
}

/** The sentences that the client shows, each as its own translation: what translators start from. */
export function messageBundle(): string {
  return jsonText(Object.fromEntries(clientMessages(root).map((message) => [message, message])));
}

function sorted(rules: readonly RuleDoc[]): readonly RuleDoc[] {
  return [...rules].sort((left, right) => (left.name < right.name ? -1 : 1));
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

if (import.meta.main) {
  const rules = await readRules(root);
  const rewrite = (name: string, change: (text: string) => string) => {
    const file = join(root, name);
    writeFileSync(file, change(readFileSync(file, 'utf8')));
  };
  rewrite('package.json', (text) => withRules(text, rules));
  rewrite('package.nls.json', (text) => withRuleTexts(text, rules));
  writeFileSync(join(root, 'l10n', 'bundle.l10n.json'), messageBundle());
}
