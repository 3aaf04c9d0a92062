import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkedPlan } from '../../server/src/cli/commands/check.ts';
import { toGithub } from '../../server/src/cli/formats/github.ts';
import { toJson } from '../../server/src/cli/formats/json.ts';
import { toSarif } from '../../server/src/cli/formats/sarif.ts';
import { toText } from '../../server/src/cli/formats/text.ts';
import { type Analysis, analyseDocument } from '../../server/src/services/analysis.ts';
import { codeLenses } from '../../server/src/services/annotations/codeLens.ts';
import { signatureHelp } from '../../server/src/services/annotations/signatureHelp.ts';
import { status } from '../../server/src/services/annotations/status.ts';
import { complete } from '../../server/src/services/completion/completion.ts';
import { differencesText } from '../../server/src/services/differences/output.ts';
import { shownDiagnostics } from '../../server/src/services/findings/placed.ts';
import { hover } from '../../server/src/services/hover/hover.ts';
import { comparisonText } from '../../server/src/services/outputs/comparison.ts';
import { exportGraph, GRAPH_FORMATS } from '../../server/src/services/outputs/export.ts';
import { picturesBeside, report } from '../../server/src/services/outputs/report.ts';
import { chromeTrace } from '../../server/src/services/timeline/trace.ts';
import { sourceOf } from '../../server/src/text/markdown.ts';
import { CATALOG } from '../catalog/catalog.ts';
import { hostileText } from '../support/hostileText.ts';
import { propertyRuns } from '../support/propertyRuns.ts';
import { readMarkdown, sarifLinks, unseenIn } from '../support/readText.ts';
import { memorySources } from '../support/sources.ts';
import { elementsOf, parseXml } from '../support/xml.ts';

const FOLDER = 'file:///workspace/';

/** As a string of the language holds it: a quote ends it, and so does a line break. */
const quoted = (text: string) => `"${text.replace(/[\r\n\u2028\u2029]/g, ' ').replace(/[\\"]/g, '\\$&')}"`;
const comment = (text: string) => `/* ${text.replaceAll('*/', '* /')} */`;

const name = fc.constantFrom(
  'plain',
  '_x_',
  '__bold__',
  'www.example.org',
  'a_b_c',
  'constructor',
  '__proto__',
  'n\u0301-x',
  '数据',
);

interface Written {
  readonly text: string;
  readonly name: string;
}

/** A plan with somebody's text in every place that takes one, and a config and a file's name beside it. */
function written({ text, name }: Written): { readonly file: string; readonly files: ReadonlyMap<string, string> } {
  const file = `${FOLDER}${encodeURIComponent(`${text.replace(/\p{Cs}|\//gu, '')}.moeplan`)}`;
  const plan = [
    comment(text),
    `import ${quoted(text)}`,
    `model ${name} {`,
    `  ${comment(text)}`,
    '  layers = 2, hidden = 1024, weights = bf16',
    '  attention { heads = 8, head-size = 128 }',
    '  experts { count = 8, top-k = 2, ffn = 4096 }',
    '}',
    `model read from "config.json" {`,
    `  ${comment(text)}`,
    '}',
    `model missing from ${quoted(text)} { }`,
    'workload few { input = 128 tokens, output = 16 tokens, concurrency = 8 }',
    'cluster one { node = DGX-H100, count = 1 }',
    `deployment ${name} {`,
    `  model = ${name}, cluster = one, workload = few`,
    `  ${comment(text)}`,
    '  parallel { ep = 8 }',
    `  measured { throughput = 1 tokens/s, source = ${quoted(text)} }`,
    `  placement { popularity = ${quoted(text)} }`,
    '}',
    'deployment other {',
    `  model = ${name}, cluster = one, workload = few`,
    '  parallel { tp = 8 }',
    '}',
    `wrong ${text.replace(/[{}]/g, '')}`,
    '',
  ].join('\n');
  const config = JSON.stringify({ model_type: text, architectures: [text], torch_dtype: text, hidden_size: 64 });
  return {
    file,
    files: new Map([
      [file, plan],
      [`${FOLDER}config.json`, config],
    ]),
  };
}

const analysisOf = (made: ReturnType<typeof written>): Analysis =>
  analyseDocument(made.file, memorySources(made.files, CATALOG));

const holds = (check: (analysis: Analysis, made: Written) => void, runs: number) =>
  fc.assert(
    fc.property(fc.record({ text: hostileText, name }), (made) => check(analysisOf(written(made)), made)),
    { numRuns: propertyRuns(runs) },
  );

const evaluationsOf = (analysis: Analysis) =>
  analysis.plan.deployments.flatMap((resolved) => analysis.evaluationOf(resolved) ?? []);

describe('whatever stands in a plan, its config, its comments and its paths', () => {
  test('is computed all the same', () => {
    const analysis = analysisOf(written({ text: 'x', name: 'plain' }));
    expect(evaluationsOf(analysis)).toHaveLength(2);
    expect(shownDiagnostics(analysis).map(({ rule }) => rule)).toContain('measured-differs');
  });

  test('is text in what `check` prints', () =>
    holds((analysis) => {
      const diagnostics = shownDiagnostics(analysis);
      const path = decodeURIComponent(analysis.uri.slice(FOLDER.length));
      const checked = [checkedPlan(path, analysis, diagnostics)];
      const text = toText(checked);
      expect(unseenIn(text)).toEqual([]);
      // A finding begins in as many places as there are findings.
      expect(text.split('\n').filter((line) => /^.*:\d+:\d+: (?:error|warning|note)\[/.test(line))).toHaveLength(
        diagnostics.length,
      );
      const github = toGithub(checked);
      expect(unseenIn(github)).toEqual([]);
      expect(
        github
          .split('\n')
          .slice(0, -1)
          .filter((line) => line.startsWith('::')),
      ).toHaveLength(diagnostics.length);
      expect(github.split('\n')).toHaveLength(diagnostics.length + 1);
      const json = toJson(checked);
      expect(unseenIn(json)).toEqual([]);
      expect(JSON.parse(json).diagnostics.map((each: { message: string }) => each.message)).toEqual(
        diagnostics.map(({ message }) => message),
      );
      const sarif = toSarif(checked, '1.0.0');
      expect(unseenIn(sarif)).toEqual([]);
      for (const { message } of JSON.parse(sarif).runs[0].results) expect(sarifLinks(message.text)).toEqual([]);
    }, 40));

  test('is text in the report, whose only pictures are its own', () =>
    holds((analysis) => {
      const own = report(analysis, picturesBeside('report.md'));
      expect(unseenIn(own)).toEqual([]);
      const read = readMarkdown(own);
      expect(
        read.live.every((each) => each.startsWith('image Graph of')),
        read.live.join('\n'),
      ).toBe(true);
      for (const kind of ['blockquote_open', 'bullet_list_open', 'ordered_list_open', 'hr', 'code_block'])
        expect(read.kinds.has(kind), kind).toBe(false);
    }, 20));

  test('is text in hovers, completion and signatures', () =>
    holds((analysis) => {
      const { text, tokens } = analysis.source;
      const starts = tokens.filter(({ kind }) => kind === 'word' || kind === 'string').map(({ start }) => start);
      const shown = [
        ...starts.flatMap((start) => hover(analysis, start + 1)?.markdown ?? []),
        ...starts.flatMap((start) => signatureHelp(analysis, start)?.doc.source ?? []),
        ...[text.length, ...starts.slice(0, 5)].flatMap((at) =>
          complete(analysis, at).flatMap(({ doc }) => (doc === undefined ? [] : [sourceOf(doc)])),
        ),
      ];
      for (const markdown of new Set(shown)) {
        expect(unseenIn(markdown)).toEqual([]);
        expect(readMarkdown(markdown).live, markdown).toEqual([]);
      }
    }, 12));

  test('is text in pictures, traces and tables', () =>
    holds((analysis, made) => {
      const evaluations = evaluationsOf(analysis);
      for (const evaluation of evaluations) {
        const folded = { detail: 'folded' } as const;
        for (const format of GRAPH_FORMATS)
          expect(unseenIn(exportGraph(evaluation, format, folded)), format).toEqual([]);
        const names = elementsOf(parseXml(exportGraph(evaluation, 'svg', folded))).map((element) => element.name);
        expect(names.filter((each) => /script|image|foreignObject|^a$/i.test(each))).toEqual([]);
        expect(JSON.parse(exportGraph(evaluation, 'json', folded)).deployment).toBe(evaluation.deployment.name);
        const trace = chromeTrace(evaluation);
        expect(unseenIn(trace)).toEqual([]);
        expect(JSON.parse(trace)).toHaveProperty('traceEvents');
      }
      expect(unseenIn(comparisonText(evaluations))).toEqual([]);
      const [before, after] = analysis.plan.deployments.map((resolved) => ({ title: made.text, analysis, resolved }));
      if (before && after) expect(unseenIn(differencesText(before, after))).toEqual([]);
      const said = [
        status(analysis, 0)?.text ?? '',
        ...codeLenses(analysis).flatMap(({ title, tooltip = '' }) => [title, tooltip]),
      ];
      expect(unseenIn(said.join('\n'))).toEqual([]);
    }, 10));
});

describe('the smallest of them', () => {
  const plan = (inside: string, block: string) => `model m {
  ${inside}
  layers = 2, hidden = 1024, weights = bf16
  attention { heads = 8, head-size = 128 }
  experts { count = 8, top-k = 2, ffn = 4096 }
}
workload few { input = 128 tokens, output = 16 tokens, concurrency = 8 }
cluster one { node = DGX-H100, count = 1 }
deployment plan {
  model = m, cluster = one, workload = few
  parallel { ep = 8 }
  ${block}
}
`;
  const of = (text: string) =>
    analyseDocument(`${FOLDER}plan.moeplan`, memorySources(new Map([[`${FOLDER}plan.moeplan`, text]]), CATALOG));

  test('a fence in a comment stays in the fence of the hover', () => {
    const text = plan('/*\n```\n<img src=x>\n[quit](command:workbench.action.quit)\n*/', '');
    const read = readMarkdown(hover(of(text), 'model m'.length)?.markdown ?? '');
    expect(read.live).toEqual([]);
    expect(read.text).toContain('```<img src=x>'.replace(' ', ''));
  });

  test('a source of measured figures is no picture in the report', () => {
    const analysis = of(plan('', 'measured { throughput = 1 tokens/s, source = "<img src=https://example.org/x>" }'));
    const read = readMarkdown(report(analysis));
    expect(read.live).toEqual([]);
    expect(read.text).toContain('(<imgsrc=https://example.org/x>)');
  });

  test('an escape sequence is shown by `check`', () => {
    const analysis = of(plan('\u001b[31m wrong', ''));
    const text = toText([checkedPlan('plan.moeplan', analysis)]);
    expect(unseenIn(text)).toEqual([]);
    expect(text).toContain('2 |   \u241b[31m wrong');
  });

  test('a link in a message is none in SARIF', () => {
    const analysis = of(plan('', 'measured { throughput = 1 tokens/s, source = "[x](https://example.org)" }'));
    const log = toSarif([checkedPlan('plan.moeplan', analysis)], '1.0.0');
    expect(log).toContain('\\\\[x\\\\](https://example.org)');
  });
});
