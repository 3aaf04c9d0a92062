import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RuleFamily, Severity } from '../../server/src/language/diagnostic.ts';
import { code, generatedFrom, table } from './markdown.ts';

/** A rule as its page needs it: what the rule object says, and the doc comment above it. */
export interface RuleDoc {
  readonly name: string;
  readonly family: RuleFamily;
  readonly severity: Severity;
  readonly summary: string;
  /** The doc comment, as Markdown. */
  readonly text: string;
  /** The rule's file, from the project's root. */
  readonly file: string;
}

const LAYERS = ['language', 'plan', 'cost', 'graph', 'launch', 'services'];
const ENGINES = 'server/src/engines';

/** Families in the order in which the index lists them, with what they have in common. */
const FAMILIES: Readonly<Record<RuleFamily, string>> = {
  syntax: 'What is written cannot be read, or not as it stands.',
  names: 'Names, imports and files.',
  dimensions: 'Sizes of the model that do not fit each other or the degrees of parallelism.',
  graph: 'Stages, pools, layers and the arrows between them.',
  gpus: 'Which GPUs do what.',
  experts: 'Where experts lie.',
  engine: 'What the engine of a plan refuses, rewrites or ignores.',
  memory: 'What does not fit.',
  prediction: 'What the predicted figures say about claims, measurements and limits.',
  launch: 'Arguments in the files that launch engines.',
  search: 'Searches for the best plan.',
};

/** Every rule of the project: one file in a `rules` folder is one rule. Throws when such a file has no doc comment. */
export async function readRules(root: string): Promise<readonly RuleDoc[]> {
  const rules: RuleDoc[] = [];
  const engines = readdirSync(join(root, ENGINES)).sort();
  const folders = [...LAYERS.map((layer) => `server/src/${layer}`), ...engines.map((engine) => `${ENGINES}/${engine}`)];
  for (const folder of folders.map((parent) => `${parent}/rules`)) {
    if (!existsSync(join(root, folder))) continue;
    for (const file of readdirSync(join(root, folder)).sort()) {
      if (file.endsWith('.ts')) rules.push(...(await readRule(root, `${folder}/${file}`)));
    }
  }
  return rules;
}

async function readRule(root: string, file: string): Promise<RuleDoc[]> {
  const source = readFileSync(join(root, file), 'utf8');
  const module: unknown = await import(pathToFileURL(join(root, file)).href);
  const found: RuleDoc[] = [];
  for (const [exported, value] of Object.entries(module ?? {})) {
    if (!isRule(value)) continue;
    const text = docComment(source, exported);
    if (text === undefined) throw new Error(`${file}: \`${exported}\` has no doc comment to make its page from`);
    const { name, family, severity, summary } = value;
    found.push({ name, family, severity, summary, text, file });
  }
  return found;
}

type RuleHead = Pick<RuleDoc, 'name' | 'family' | 'severity' | 'summary'>;

function isRule(value: unknown): value is RuleHead {
  if (typeof value !== 'object' || value === null) return false;
  const has = (key: string) => key in value && typeof Object.getOwnPropertyDescriptor(value, key)?.value === 'string';
  return ['name', 'family', 'severity', 'summary'].every(has) && 'check' in value;
}

/** The doc comment that stands directly above `export const NAME`. */
export function docComment(source: string, name: string): string | undefined {
  const comment = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*export const ${name}\\b`).exec(source)?.[1];
  if (comment === undefined) return undefined;
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\* ?/, '').trimEnd());
  return lines.join('\n').trim();
}

export function rulePage(rule: RuleDoc): string {
  return [
    generatedFrom([rule.file]),
    `# ${rule.name}\n`,
    `${rule.text}\n`,
    '## How it is reported\n',
    `As ${code(rule.severity)}, in the family [${rule.family}](README.md#${rule.family}). The settings of VS Code change that to` +
      ' `error`, `warning`, `information`, `hint` or `off`:\n',
    `\`\`\`json\n"moeplan.rules": { "${rule.name}": "off" }\n\`\`\``,
    '',
  ].join('\n');
}

export function rulesIndex(rules: readonly RuleDoc[]): string {
  const parts = [
    generatedFrom(['the doc comments of the rules']),
    '# Diagnostics\n',
    `moeplan checks a plan by ${rules.length} rules. A rule's name is the code that VS Code shows beside the message;` +
      ' its page is one click away. Each message says where, why and what to write instead.\n',
  ];
  for (const [family, doc] of Object.entries(FAMILIES)) {
    const own = rules.filter((rule) => rule.family === family);
    if (own.length === 0) continue;
    const rows = own.map((rule) => [`[${rule.name}](${rule.name}.md)`, rule.severity, rule.summary]);
    parts.push(`## ${family}\n`, `${doc}\n`, `${table(['rule', 'severity', 'reports'], rows)}\n`);
  }
  return parts.join('\n');
}
