import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXPORTS, formatsWith, type TextFormat } from '../server/src/services/preview/exportFormats.ts';
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
function withRules(manifest: string, rules: readonly RuleDoc[]): string {
  const parsed: unknown = JSON.parse(manifest);
  const setting = ['contributes', 'configuration', 'properties', 'moeplan.rules'].reduce<unknown>(
    (at, key) => (isRecord(at) ? at[key] : undefined),
    parsed,
  );
  if (!isRecord(setting)) throw new Error('package.json has no setting `moeplan.rules`');
  setting.properties = ruleSettings(rules);
  return jsonText(parsed);
}

/** The manifest's texts with those of the rules and of the exports, each in the place of the first of them, and no others. */
export function withTexts(texts: string, rules: readonly RuleDoc[]): string {
  const parsed: unknown = JSON.parse(texts);
  const entries = Object.entries(isRecord(parsed) ? parsed : {});
  const ofRules = replaced(entries, ([key]) => key.startsWith(RULE_KEY), Object.entries(ruleTexts(rules)));
  const titles = EXPORTED.map((format): [string, unknown] => [titleKey(format), `Export ${EXPORTS[format].name}`]);
  const isTitle = ([key]: readonly [string, unknown]) => /^command\.export\w+\.title$/.test(key);
  return jsonText(Object.fromEntries(replaced(ofRules, isTitle, titles)));
}

const EXPORTED = formatsWith('command');

function titleKey(format: TextFormat): string {
  return `${EXPORTS[format].command.replace('moeplan.', 'command.')}.title`;
}

/** The manifest with a command for each export, and its row in the palette. */
export function withExports(manifest: string): string {
  const parsed: unknown = JSON.parse(manifest);
  const contributes = isRecord(parsed) ? parsed.contributes : undefined;
  const menus = isRecord(contributes) ? contributes.menus : undefined;
  if (!isRecord(contributes) || !isRecord(menus)) throw new Error('package.json has no commands and menus');
  const isExport = (entry: unknown) => isRecord(entry) && /^moeplan\.export/.test(String(entry.command));
  const commands = EXPORTED.map((format) => ({
    command: EXPORTS[format].command,
    title: `%${titleKey(format)}%`,
    category: '%command.category%',
  }));
  const when = 'editorLangId == moeplan || activeWebviewPanelId == moeplan.preview';
  const rows = EXPORTED.map((format) => ({ command: EXPORTS[format].command, when }));
  contributes.commands = replaced(listOf(contributes.commands), isExport, commands);
  menus.commandPalette = replaced(listOf(menus.commandPalette), isExport, rows);
  return jsonText(parsed);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A list with others in the place of the first of those that are meant, or at its end. */
function replaced<Item>(list: readonly Item[], isMeant: (item: Item) => boolean, others: readonly Item[]): Item[] {
  const first = list.findIndex(isMeant);
  const kept = list.filter((item) => !isMeant(item));
  return kept.toSpliced(first < 0 ? kept.length : first, 0, ...others);
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
  rewrite('package.json', (text) => withExports(withRules(text, rules)));
  rewrite('package.nls.json', (text) => withTexts(text, rules));
  writeFileSync(join(root, 'l10n', 'bundle.l10n.json'), messageBundle());
}
