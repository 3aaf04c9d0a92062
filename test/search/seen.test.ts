import { describe, expect, test } from 'vitest';
import { answerOf } from '../../server/src/search/answer.ts';
import { PARTS } from '../../server/src/search/run.ts';
import { searchPart } from '../../server/src/search/search.ts';
import { applyEdits } from '../../server/src/services/edits.ts';
import { hover } from '../../server/src/services/hover/hover.ts';
import { type AskedSearch, searchAsked } from '../../server/src/services/search/asked.ts';
import { mostPlans } from '../../server/src/services/search/describe.ts';
import { foundPlan, writeFoundPlan } from '../../server/src/services/search/found.ts';
import { planKey, readPlanKey } from '../../server/src/services/search/keys.ts';
import type { ReadSearch } from '../../server/src/services/search/read.ts';
import { MOST_RANKED, partialResult, searchResult } from '../../server/src/services/search/result.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { analysed } from '../support/analysed.ts';
import { SPACES } from './spaces.ts';

function resultOf(text: string, asked: Partial<AskedSearch> = {}) {
  const analysis = analysed(text);
  const found = searchAsked(analysis, { deployment: 'd', narrow: [], ...asked });
  if (!found?.read) throw new Error(`cannot be run: ${found?.answer.faults.join()}`);
  const { read, answer, key } = found;
  const parts = partsOf(text, read);
  const { space, base, by } = read;
  const all = answerOf(space, parts, { limit: MOST_RANKED, by, base: analysis.evaluationOf(base) });
  return { analysis, read, answer, key, parts, all, result: searchResult(read, all) };
}

function partsOf(text: string, { space, base }: ReadSearch) {
  const place = { space, base, program: analysed(text).program, sides: new Map() };
  return Array.from({ length: PARTS }, (_, part) => {
    const run = searchPart(place, part);
    for (;;) {
      const step = run.next();
      if (step.done) return step.value;
    }
  });
}

describe.each(Object.entries(SPACES))('%s', (_, text) => {
  const { analysis, read, all, result, parts } = resultOf(text);

  test('the number of plans that a hover tells is no less than that of all that are decided', () => {
    const most = mostPlans(read.space, 100_000);
    expect(most).toBeGreaterThanOrEqual(all.decided.all);
    expect(mostPlans(read.space, 1)).toBeUndefined();
  });

  test('every plan is found again by its key', () => {
    for (const { chosen } of [...all.ranked, ...all.front]) expect(readPlanKey(planKey(chosen))).toEqual(chosen);
  });

  test('the present plan, every ranked plan and the front have all figures that are shown', () => {
    expect(result.plans.length).toBe(Math.min(MOST_RANKED, all.ranked.length));
    expect(result.metrics[result.objective]?.name).toBe(read.space.objective);
    expect(result.metrics[result.against]?.name).toBe(read.space.against);
    for (const { values, texts } of [...result.plans, ...result.front, ...(result.base ? [result.base] : [])]) {
      expect(values).toHaveLength(result.metrics.length);
      expect(texts).toHaveLength(result.metrics.length);
    }
    // What is sent of a search stays small.
    expect(JSON.stringify(result).length).toBeLessThan(150_000);
  });

  test('narrowed to a value it finds what the best with that value is said to be', () => {
    for (const { values } of result.axes.slice(0, 3)) {
      for (const { key, text: standing } of values.slice(0, 2)) {
        const narrow = resultOf(text, { narrow: [key] });
        expect(narrow.answer.narrow.map((each) => each.key)).toEqual([key]);
        const best = Math.max(
          ...narrow.all.ranked.map(({ values: own }) => own[read.space.objective] ?? Number.NEGATIVE_INFINITY),
        );
        const least = Math.min(
          ...narrow.all.ranked.map(({ values: own }) => own[read.space.objective] ?? Number.POSITIVE_INFINITY),
        );
        const whole = result.axes.flatMap((axis) => axis.values).find((each) => each.key === key);
        expect(whole?.text).toBe(standing);
        expect(all.decided.best[key]).toBe(['gpus-used', 'step', 'ttft'].includes(read.space.objective) ? least : best);
      }
    }
  });

  test('a plan that is written stands behind its base and has the figures of its row', () => {
    const [plan] = result.plans;
    if (!plan) throw new Error('no plan');
    const asked = { deployment: 'd', narrow: [], plan: plan.key };
    const written = writeFoundPlan(analysis, asked);
    if ('refused' in written) throw new Error(written.refused);
    const { source } = analysis;
    const again = analysed(applyEdits(source.text, written.edits));
    const names = again.program.own.flatMap(({ name }) => name ?? []);
    expect(names.indexOf(written.name)).toBeGreaterThan(names.indexOf('d'));
    expect(names.indexOf(written.name)).toBeLessThan(names.indexOf('s'));
    expect(again.program.diagnostics).toEqual([]);
    const beside = foundPlan(analysis, asked, catalogSources(new Map([[analysis.uri, source.text]])));
    if (!('rows' in beside)) throw new Error(beside.unavailable);
    const { label } = result.metrics[result.objective] ?? { label: '' };
    const row = beside.rows.find(
      (each) => each.label === label || (label === 'Step' && each.label === 'Training step'),
    );
    expect(row?.after).toBe(plan.texts[result.objective]);
    expect(row?.before).toBe(result.base?.texts[result.objective]);
    expect(beside.text).toBe(written.text);
  });

  test('what there is of half the parts is part of the whole', () => {
    const half = partialResult(read, parts.slice(0, PARTS / 2), all.base, { decided: 3, held: 1 });
    expect(half.progress).toBe(0.5);
    expect(half.decided).toMatch(/^[\d,.]+( million)? plans so far, of which [\d,]+ hold$/);
    expect(half.base).toEqual(
      result.base === undefined ? undefined : expect.objectContaining({ texts: expect.anything() }),
    );
  });
});

const ONE = SPACES['one pool, degrees and loads'] ?? '';

test('what is asked and tried is said in sentences, and hovers say it with the number of plans', () => {
  const { answer } = resultOf(`${ONE.replace('base = d', 'base = d\n  by = middle')}`);
  expect(answer.asks).toEqual([
    'Best Throughput per GPU by the prediction itself, with a front over Tokens per second and user.',
    'Tried from d: tp 1, 2, 3, 4 or 8, dp 1, 2 or 4, ep 1 or 8, gpus 4 or 8, concurrency 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024 or 2048.',
  ]);
  const shown = hover(analysed(ONE), ONE.indexOf('search s') + 2)?.markdown ?? '';
  expect(shown).toContain('Tried from d: tp 1, 2, 3, 4 or 8');
  expect(shown).toMatch(/That is at most \d+ plans\./);
  const bounds = SPACES['one pool, settings under bounds'] ?? '';
  expect(hover(analysed(bounds), bounds.indexOf('search s') + 8)?.markdown).toContain(
    'Kept: Time per output token at most 60 ms',
  );
});

test('the searches of a deployment are listed, and the usual one is there too', () => {
  const text = `${ONE}\nsearch t { base = d }\ndeployment other extends d {}\nsearch of-other { base = other }\n`;
  const analysis = analysed(text);
  const first = searchAsked(analysis, { deployment: 'd', narrow: [] });
  expect(first?.answer).toMatchObject({ searches: ['s', 't'], search: 's', faults: [] });
  expect(searchAsked(analysis, { deployment: 'd', search: 't', narrow: [] })?.answer.search).toBe('t');
  const usual = searchAsked(analysis, { deployment: 'd', search: '', narrow: [] });
  expect(usual?.answer.search).toBe('');
  // `search t` varies nothing by itself, and so is the usual search.
  expect(searchAsked(analysis, { deployment: 'd', search: 't', narrow: [] })?.key).toBe(usual?.key);
  expect(searchAsked(analysis, { deployment: 'nobody', narrow: [] })).toBeUndefined();
});

test('an edit elsewhere asks for the same, and one of the base or of the search for something else', () => {
  const key = (text: string) => searchAsked(analysed(text), { deployment: 'd', narrow: [] })?.key;
  expect(key(`// a comment\n${ONE}\ncluster other { node = DGX-H100, count = 1 }\n`)).toBe(key(ONE));
  expect(key(ONE.replace('tp = [1, 2, 3, 4, 8]', 'tp = [1, 2]'))).not.toBe(key(ONE));
  expect(key(ONE.replace('tp = 2', 'tp = 4'))).not.toBe(key(ONE));
  expect(key(ONE.replace('input = 2_000', 'input = 3_000'))).not.toBe(key(ONE));
});

test('keys that no search has are refused in words', () => {
  const analysis = analysed(ONE);
  const refused = (plan: string) => writeFoundPlan(analysis, { deployment: 'd', narrow: [], plan });
  for (const plan of ['', 'rm -rf', '0.tp=8 nonsense', '__proto__=1', '0.tp'])
    expect(refused(plan)).toEqual({ refused: 'the plan is not known: search again' });
  const asked = { deployment: 'd', narrow: ['0.pp=8', '7.tp=1', 'node=x', '0.tp=4'] };
  expect(searchAsked(analysis, asked)?.answer.narrow).toEqual([{ key: '0.tp=4', text: 'tp 4' }]);
});

test('a search that cannot be run says why', () => {
  const broken = ONE.replace('vary {', 'vary decode {');
  expect(searchAsked(analysed(broken), { deployment: 'd', narrow: [] })?.answer.faults).toEqual([
    expect.stringContaining('no pool `decode`'),
  ]);
  const invalid = ONE.replace('parallel { tp = 2 }', 'parallel { tp = 7 }');
  expect(searchAsked(analysed(invalid), { deployment: 'd', narrow: [] })?.answer.faults[0]).toContain(
    'cannot be computed',
  );
});
