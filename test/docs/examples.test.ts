import { expect, test } from 'vitest';
import { type RuleDoc, readRules } from '../../scripts/docs/rules.ts';
import { projectRoot } from '../../scripts/generate-docs.ts';
import { analyseDocument } from '../../server/src/services/analysis.ts';
import { ALL_RULES, diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { launchDiagnostics } from '../../server/src/services/launches/findings.ts';
import { CATALOG } from '../catalog/catalog.ts';
import { planned, readText } from '../launch/launched.ts';
import { WORKSPACE } from '../support/annotations.ts';
import { memorySources } from '../support/sources.ts';
import { fencesOf } from './fences.ts';

/** What the examples of the pages take for granted: names that any reader of the first page knows. */
const KNOWN = `
model moe-4l {
  layers = 4, hidden = 4096
  attention { heads = 32, head-size = 128 }
  experts { count = 16, top-k = 2, ffn = 32_768, gated = false }
}
workload long-batch { sequences = 128, length = 10_000 tokens }
`;
const PAIR = 'cluster two-nodes { node = DGX-H100, count = 2 }';

/** Files that examples import. \`cluster two-nodes\` stands in some of them, so it is known only where no import is shown. */
const FILES: Readonly<Record<string, string>> = {
  'models.moeplan': 'model imported extends moe-4l {}',
  'plan.moeplan': 'import "./models.moeplan"\n',
  'clusters.moeplan': PAIR,
  'our-clusters.moeplan': PAIR,
  'their-clusters.moeplan': PAIR,
  'shared/models.moeplan': 'model shared extends moe-4l {}',
  'config.json': '{}',
  'README.md': '# no JSON',
  'serve.sh': 'vllm serve deepseek-ai/DeepSeek-V3 --tensor-parallel-size 8 # on H200',
  'misspelled.sh': 'vllm serve deepseek-ai/DeepSeek-V3 --tensor-paralel-size 8 # on H200',
};

/** Names of the rules that report something in an example. */
function reported(example: string): readonly string[] {
  const main = `${WORKSPACE}main.moeplan`;
  // Several files in one example are told apart by a comment with their name.
  const parts = example.split(/^\/\/ (\S+\.moeplan)$/m);
  const files = new Map(Object.entries(FILES).map(([name, text]) => [WORKSPACE + name, text]));
  for (let index = 1; index < parts.length; index += 2) files.set(WORKSPACE + parts[index], parts[index + 1] ?? '');
  const root = parts.length > 1 ? WORKSPACE + parts[1] : main;
  if (parts.length === 1) files.set(main, example);
  const known = /^import /m.test(example) || /cluster two-nodes \{/.test(example) ? KNOWN : `${KNOWN}${PAIR}\n`;
  const sources = memorySources(files, new Map([...CATALOG, ['file:///catalog/known.moeplan', known]]));
  return diagnose(analyseDocument(root, sources)).map((diagnostic) => diagnostic.rule);
}

const rules = await readRules(projectRoot);

test('every rule that can report has a page', () => {
  expect(rules.map((rule) => rule.name).sort()).toEqual(ALL_RULES.map((rule) => rule.name).sort());
});

const examplesOf = ({ text, family }: RuleDoc, heading: string) =>
  fencesOf(text).filter((fence) => fence.language === languageOf(family) && fence.heading === heading);

/** What examples are written in: launches are commands, everything else is a plan. */
function languageOf(family: RuleDoc['family']): string {
  return family === 'launch' ? 'sh' : 'moeplan';
}

// No plan is known that makes the checker itself fail; where one is found, it is mended. Others need thousands of lines:
// test/services/large.test.ts writes them.
const withoutExamples: ReadonlySet<string> = new Set(['internal-error', 'findings-left-out', 'inherits-too-much']);
const withExamples = rules.filter(({ name }) => !withoutExamples.has(name));

test.each(withExamples.map((rule) => [rule.name, rule] as const))(
  'the page of %s shows mistake and remedy',
  (_, rule) => {
    expect(examplesOf(rule, 'Not so').length).toBeGreaterThan(0);
    expect(examplesOf(rule, 'But so').length).toBeGreaterThan(0);
  },
);

// Pages above the language show the lines that matter and leave out the plan around them.
const whole = withExamples.filter(({ family }) => family === 'syntax' || family === 'names');

test.each(whole.map((rule) => [rule.name, rule] as const))(
  '%s reports the mistake on its page, not the remedy',
  (name, rule) => {
    for (const { text } of examplesOf(rule, 'Not so')) expect(reported(text)).toContain(name);
    for (const { text } of examplesOf(rule, 'But so')) expect(reported(text)).not.toContain(name);
  },
);

test.each(withExamples.filter(({ family }) => family === 'launch').map((rule) => [rule.name, rule] as const))(
  '%s reports the mistake on its page, not the remedy, in a launch',
  (name, rule) => {
    const reportedIn = (text: string) => {
      const document = readText('example.sh', text);
      return document && launchDiagnostics(document, planned(document.launched)).map((diagnostic) => diagnostic.rule);
    };
    for (const { text } of examplesOf(rule, 'Not so')) expect(reportedIn(text)).toContain(name);
    for (const { text } of examplesOf(rule, 'But so')) expect(reportedIn(text)).not.toContain(name);
  },
);
