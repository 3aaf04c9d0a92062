import { describe, expect, test } from 'vitest';
import { answering, answerOf } from '../../server/src/search/answer.ts';
import { merit } from '../../server/src/search/metrics.ts';
import { PARTS, type PartResult } from '../../server/src/search/run.ts';
import { searchPart } from '../../server/src/search/search.ts';
import type { Analysis } from '../../server/src/services/analysis.ts';
import { type ReadSearch, readSearch, searchesOf } from '../../server/src/services/search/read.ts';
import { writeFound } from '../../server/src/services/search/write.ts';
import { analysed } from '../support/analysed.ts';
import { everyPlan, frontOf } from './oracle.ts';
import { SPACES } from './spaces.ts';

function read(analysis: Analysis): ReadSearch {
  const [entity] = searchesOf(analysis);
  const search = entity && readSearch(analysis, entity);
  if (!search || !('space' in search)) throw new Error(`no search: ${JSON.stringify(search)}`);
  return search;
}

function parts(analysis: Analysis, { space, base }: ReadSearch, kept: number): readonly PartResult[] {
  const place = { space, base, program: analysis.program, sides: new Map(), kept };
  return Array.from({ length: PARTS }, (_, part) => {
    const run = searchPart(place, part);
    for (;;) {
      const step = run.next();
      if (step.done) return step.value;
    }
  });
}

describe.each(Object.entries(SPACES))('%s', (_, text) => {
  const analysis = analysed(text);
  const search = read(analysis);
  const { space, base, by } = search;
  // Bounds leave plans out only where better ones are kept already, so little is kept.
  const found = parts(analysis, search, 1);
  const answer = answerOf(space, found, { limit: 20, by, base: analysis.evaluationOf(base) });

  test('finds what every plan, written and evaluated, comes to', () => {
    const all = everyPlan(text, search);
    const merits = all.map(({ values }) => merit(space.objective, values[space.objective] ?? Number.NaN));
    expect(all.length).toBeGreaterThan(5);
    // As many plans hold as the rules, memory and bounds leave, but for those that were never looked at.
    const { all: decided, bounded, fallen } = answer.decided;
    const refused = Object.values(fallen).reduce((sum, { count }) => sum + count, 0);
    if (bounded === 0) expect(decided - refused).toBe(all.length);
    else expect(decided - refused - bounded).toBeLessThanOrEqual(all.length);
    const front = answer.front.map(({ values }) => `${values[space.against]},${values[space.objective]}`).sort();
    expect([...new Set(front)]).toEqual(frontOf(all, space));
    const best = answerOf(space, found, { limit: 1, by: 'middle', base: undefined }).ranked[0];
    expect(merit(space.objective, best?.values[space.objective] ?? Number.NaN)).toBe(Math.max(...merits));
  });

  test('pauses after each plan that is scored, or each layout of a pool with one, and while plans are compared', () => {
    const place = { space, base, program: analysis.program, sides: new Map(), kept: 200 };
    let pauses = 0;
    let scored = 0;
    for (let part = 0; part < PARTS; part++) {
      for (const run = searchPart(place, part); ; pauses++) {
        const step = run.next();
        if (!step.done) continue;
        scored += step.value.decided.evaluated;
        break;
      }
    }
    // One layout has a plan for each load and for each setting that leaves it alone.
    const together = space.base.pools.length === 1 ? 20 : 1;
    expect(pauses * together).toBeGreaterThanOrEqual(scored);
    const kept = parts(analysis, search, 200);
    const comparing = answering(space, kept, { limit: 20, by, base: analysis.evaluationOf(base) });
    let compared = 0;
    for (;;) {
      const step = comparing.next();
      if (step.done) {
        expect(compared).toBeGreaterThanOrEqual(step.value.ranked.length);
        return;
      }
      compared++;
    }
  });

  test('a found plan that is written into the text has the same figures', () => {
    const plans = answer.ranked.slice(0, 5);
    expect(plans.length).toBeGreaterThan(0);
    for (const plan of plans) {
      const written = writeFound(base, plan, 'found', new Set(['found']));
      const again = analysed(`${text}\n${written.text}`);
      expect(again.program.diagnostics).toEqual([]);
      const resolved = again.plan.deployments.find(({ name }) => name === written.name);
      const evaluation = resolved && again.evaluationOf(resolved);
      expect(written.name).toBe('found-2');
      expect(evaluation?.prediction.throughputTokensPerSecond).toBe(plan.values.throughput);
      expect(evaluation?.prediction.ttftSeconds).toBe(plan.values.ttft);
      expect(evaluation?.deployment.gpus.length).toBe(plan.values['gpus-used']);
    }
  });

  test('parts give the same answer in any order', () => {
    const reversed = answerOf(space, found.toReversed(), { limit: 20, by, base: analysis.evaluationOf(base) });
    expect(reversed).toEqual(answer);
  });
});
