import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { projectRoot } from '../../scripts/generate-docs.ts';
import { checkClaims } from '../../server/src/cost/figures/claims.ts';
import { type Analysis, analyseDocument } from '../../server/src/services/analysis.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { CATALOG, catalogSources } from '../catalog/catalog.ts';
import { fencesOf } from './fences.ts';

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8');

function analysisOf(text: string): Analysis {
  const uri = pathToFileURL(join(projectRoot, 'examples/under-test.moeplan')).href;
  return analyseDocument(uri, catalogSources(new Map([[uri, text]])));
}

/** `SEVERITY RULE: the text under it` for every finding. */
function findings(text: string): readonly string[] {
  return diagnose(analysisOf(text)).map(
    ({ severity, rule, span }) => `${severity} ${rule}: ${text.slice(span.start, span.end).split('\n')[0]}`,
  );
}

/** Every claim of every deployment: `DEPLOYMENT NAME`, with what was computed and whether it holds. */
function claims(text: string): ReadonlyMap<string, { readonly computed: number; readonly holds: boolean }> {
  const analysis = analysisOf(text);
  const checked = analysis.plan.deployments.flatMap((resolved) => {
    const evaluation = analysis.evaluationOf(resolved);
    if (!evaluation) throw new Error(`${resolved.name} could not be computed`);
    return checkClaims(resolved.claims, evaluation).map(
      ({ claim, figure, holds }) => [`${resolved.name} ${claim.name}`, { computed: figure.value, holds }] as const,
    );
  });
  return new Map(checked);
}

/** Tokens per second and requests that fit of every deployment. */
function outcomes(text: string) {
  const analysis = analysisOf(text);
  return analysis.plan.deployments.map((resolved) => {
    const evaluation = analysis.evaluationOf(resolved);
    return {
      throughput: evaluation?.prediction?.throughputTokensPerSecond ?? Number.NaN,
      requests: evaluation?.memory[0]?.requestsThatFit ?? Number.NaN,
    };
  });
}

describe('examples/deployment-analysis.moeplan', () => {
  const text = read('examples/deployment-analysis.moeplan');

  test('reads without a mistake', () => {
    // What does not fit and what does not hold is the point of the example; both are answers, not slips.
    const mistakes = diagnose(analysisOf(text)).filter(
      ({ rule, severity }) => severity !== 'information' && rule !== 'claim-not-met' && rule !== 'memory-over-capacity',
    );
    expect(mistakes).toEqual([]);
  });

  test('answers every exact claim of the analysis', () => {
    const answers = claims(text);
    const exact: readonly (readonly [string, number, boolean])[] = [
      ['baseline-whole layers-per-gpu', 2, true],
      ['baseline-whole heads-per-gpu', 4, true],
      ['baseline-whole columns-per-gpu', 512, true],
      ['baseline-whole ffn-per-gpu', 32_768, true],
      ['baseline-whole experts-per-gpu', 4, true],
      ['baseline-whole expert-memory', 536_870_912, true],
      ['baseline-split ffn-per-gpu', 4_096, true],
      ['baseline-split experts-per-layer', 16, true],
      // Parts of 16 experts in each of 2 layers: the analysis' 8 is neither reading.
      ['baseline-split experts-per-gpu', 32, false],
      ['proposed experts-per-gpu', 4, true],
    ];
    for (const [claim, computed, holds] of exact) expect(answers.get(claim), claim).toEqual({ computed, holds });
  });

  test('answers every predicted claim with a figure', () => {
    const answers = claims(text);
    for (const claim of [
      'baseline-whole throughput',
      'baseline-whole latency',
      'proposed throughput',
      'proposed latency',
    ]) {
      expect(answers.get(claim)?.computed, claim).toBeGreaterThan(0);
    }
  });

  test('states each claim once', () => {
    const stated = [...text.matchAll(/^ {4}([a-z-]+) *(?:[<>]?=) *([^/\n]+)/gm)].map(
      ([, name, value]) => `${name} ${value?.trim()}`,
    );
    // Four experts on a GPU are claimed of the baseline and of the proposal.
    expect(stated.filter((claim, index) => stated.indexOf(claim) !== index)).toEqual(['experts-per-gpu 4']);
    expect(stated).toHaveLength(14);
  });

  test('takes 16 GPUs, none twice, and 2 GiB of experts on each in every reading', () => {
    const analysis = analysisOf(text);
    for (const resolved of analysis.plan.deployments) {
      expect(resolved.deployment?.gpus).toEqual(Array.from({ length: 16 }, (_, gpu) => gpu));
      const classes = analysis.evaluationOf(resolved)?.memory.flatMap((pool) => pool.classes) ?? [];
      expect(classes.flatMap(({ gpuClass }) => gpuClass.gpus).sort((a, b) => a - b)).toEqual(resolved.deployment?.gpus);
      for (const { expertBytes } of classes) expect(expertBytes, resolved.name).toBe(2 * 2 ** 30);
    }
  });
});

describe.each([
  ['qwen3-235b-h100', 1],
  ['deepseek-v3-h800', 2],
])('examples/%s.moeplan', (name, count) => {
  const text = read(`examples/${name}.moeplan`);

  test('fits, its cache holds the workload, and its claims hold', () => {
    expect(findings(text).filter((finding) => /^(?:error|warning)/.test(finding))).toEqual([]);
    const analysis = analysisOf(text);
    expect(analysis.plan.deployments.length).toBeGreaterThan(0);
    for (const resolved of analysis.plan.deployments) {
      const pools = analysis.evaluationOf(resolved)?.memory ?? [];
      expect(pools).toHaveLength(count);
      for (const { requestsThatFit, requestsNeeded, classes } of pools) {
        expect(requestsThatFit).toBeGreaterThanOrEqual(requestsNeeded);
        for (const { freeBytes } of classes) expect(freeBytes).toBeGreaterThan(0);
      }
    }
  });
});

describe('examples/broken.moeplan', () => {
  const text = read('examples/broken.moeplan');
  /** The rules that comments announce, as `(rule-name)`. */
  const announced = [...text.matchAll(/\(([a-z-]+)\)/g)].map((match) => match[1] ?? '');

  test('reports every mistake that its comments announce', () => {
    const reported = new Set(diagnose(analysisOf(text)).map(({ rule }) => rule));
    expect(announced.length).toBeGreaterThan(20);
    expect(announced.filter((rule) => !reported.has(rule))).toEqual([]);
  });

  test('announces every mistake that is reported', () => {
    const reported = diagnose(analysisOf(text)).filter(
      ({ severity }) => severity === 'error' || severity === 'warning',
    );
    expect([...new Set(reported.map(({ rule }) => rule))].filter((rule) => !announced.includes(rule))).toEqual([]);
  });

  test('numbers its mistakes without a gap', () => {
    const numbers = [...text.matchAll(/(?<=[\s,])(\d+)\. /g)].map((match) => Number(match[1]));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  });
});

describe('README.md', () => {
  const readme = read('README.md');

  test('its plan is answered as the text below it says', () => {
    const [plan] = fencesOf(readme).filter((fence) => fence.language === 'moeplan');
    const unmet = findings(plan?.text ?? '').filter((finding) => /^(?:error|warning)/.test(finding));
    expect(unmet).toEqual([]);
    expect(findings(plan?.text ?? '')).toContainEqual(expect.stringContaining('kv-heads-replicated'));
    const [tensor, data] = outcomes(plan?.text ?? '');
    expect(data?.throughput).toBeGreaterThan(tensor?.throughput ?? Number.NaN);
    expect(data?.requests).toBeGreaterThan(tensor?.requests ?? Number.NaN);
  });

  test('counts the catalogue as it is', () => {
    const count = (keyword: string) =>
      [...CATALOG.values()].join('\n').match(new RegExp(`^${keyword} `, 'gm'))?.length ?? 0;
    const counted = `${count('gpu')} GPUs, ${count('node')} machines`;
    expect(readme).toContain(`${counted} and ${count('model')} models`);
    expect(read('CHANGELOG.md')).toContain(`${counted} (cloud instances among them) and ${count('model')} models`);
  });

  test('has the two commands word for word', () => {
    expect(readme).toContain('\nnpm ci && npm start\n');
    expect(readme).toContain('\nnpm ci && npm test\n');
  });
});
