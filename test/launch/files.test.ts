import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseSource } from '../../server/src/language/source.ts';
import type { Known } from '../../server/src/launch/known.ts';
import { readLaunch } from '../../server/src/launch/read.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { format } from '../../server/src/services/format/format.ts';
import { launchDiagnostics } from '../../server/src/services/launches/findings.ts';
import { seeded } from '../support/propertyRuns.ts';
import { planned, readFixture, readText } from './launched.ts';

const FOLDER = join(import.meta.dirname, '../fixtures/launch/files');
const EXPECTED = join(import.meta.dirname, '../fixtures/launch/plans');
const files = readdirSync(FOLDER)
  .filter((name) => name.includes('.'))
  .sort();

/** Launches that are meant to be wrong or to lack something, and the rules that say so of their plans. */
const FAULTY: Readonly<Record<string, readonly string[]>> = {
  // It names no model, which nobody but the user can add.
  'trtllm-options.yaml': ['missing-property'],
  // Nobody knows how many GPUs it takes.
  'unset.sh': ['memory-over-capacity'],
};

describe('launches of every form', () => {
  test.each(files)('%s is the plan that is written beside it', (name) => {
    const { launched } = readFixture(name);
    const place = join(EXPECTED, `${name}.moeplan`);
    const { text } = launched.plan;
    if (process.env.UPDATE !== undefined || !existsSync(place)) writeFileSync(place, text);
    expect(text).toBe(readFileSync(place, 'utf8'));
  });

  test.each(files)('the plan of %s has no errors and is in the usual form', (name) => {
    const { launched } = readFixture(name);
    const analysis = planned(launched);
    const errors = diagnose(analysis).filter(({ severity }) => severity === 'error');
    expect(errors.map(({ rule }) => rule)).toEqual(FAULTY[name] ?? []);
    expect(format(parseSource('file:///plan.moeplan', launched.plan.text))).toEqual([]);
  });

  test.each(files)('what %s says stands where the launch says it', (name) => {
    const { launched, file } = readFixture(name);
    expect(launched.plan.marks.length).toBeGreaterThan(0);
    for (const { span, from } of launched.plan.marks) {
      expect(launched.plan.text.slice(span.start, span.end)).not.toBe('');
      for (const place of from) {
        if (place.uri !== file.uri) continue;
        expect(place.span.end).toBeLessThanOrEqual(file.text.length);
        expect(place.span.end).toBeGreaterThan(place.span.start);
      }
    }
  });
});

describe('a launch with parts missing', () => {
  test('is read without an error of ours, and so is its plan', () => {
    const texts = files.map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')] as const);
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(fc.tuple(fc.nat(2000), fc.nat(60)), { minLength: 1, maxLength: 4 }),
        ([name, text], cuts) => {
          const left = cuts.reduce((rest, [at, length]) => rest.slice(0, at) + rest.slice(at + length), text);
          const document = readText(name, left);
          if (!document) return;
          const found = launchDiagnostics(document, planned(document.launched));
          expect(found.map(({ rule }) => rule)).not.toContain('internal-error');
          expect(found.map(({ rule }) => rule)).not.toContain('unexpected-token');
        },
      ),
      seeded(60),
    );
  });
});

describe('findings in the launch itself', () => {
  const found = (name: string) => {
    const document = readFixture(name);
    return launchDiagnostics(document, planned(document.launched)).map(({ rule, span, message }) => ({
      rule,
      at: document.file.text.slice(span.start, span.end),
      message,
    }));
  };

  test('a flag that no parser has is named at its place', () => {
    expect(found('vllm-draft.args')).toContainEqual({
      rule: 'launch-argument-unknown',
      at: '--rope-scalling linear',
      message: '`rope-scalling` is no argument of vLLM that moeplan knows',
    });
    const recipe = found('srt-slurm.yaml').filter(({ rule }) => rule === 'launch-argument-unknown');
    expect(recipe.map(({ at }) => at)).toEqual(['SGLANG_NO_SUCH_THING: "1"', 'no-such-flag: 1']);
  });

  test('a flag that the engine overrules is named', () => {
    expect(found('sglang-rewritten.sh')).toContainEqual({
      rule: 'launch-argument-rewritten',
      at: '--ep-size 4',
      message: 'with `--moe-a2a-backend deepep` SGLang runs `ep = 8`, the whole of `--tp-size`',
    });
  });

  test('a value that depends on something outside is named, and a file that is not there', () => {
    expect(found('unset.sh').map(({ at, message }) => [at, message])).toEqual([
      ['--tensor-parallel-size $TP', '`tensor-parallel-size` depends on `TP`, which nothing here sets'],
      ['--max-model-len $(compute_length)', '`max-model-len` depends on `$(compute_length)`, which nothing here sets'],
      ['--config missing.yaml', '`missing.yaml` is not found, so that what it says is left out'],
    ]);
  });
});

test.each(['llm-d.yaml', 'dynamo.yaml', 'vllm-docker.sh'])('arguments of %s stand where they are written', (name) => {
  const { file, launched } = readFixture(name);
  const given = launched.workers.flatMap(({ worker }) => worker.given.filter(({ place }) => place.uri === file.uri));
  expect(given.length).toBeGreaterThan(3);
  for (const { name: written, place } of given)
    expect(file.text.slice(place.span.start, place.span.end)).toMatch(new RegExp(`^-{0,2}${written.split('.')[0]}`));
});

const NOTHING_KNOWN: Known = {
  model: () => undefined,
  node: () => undefined,
  modelIn: () => undefined,
  gpuIn: () => undefined,
};

test('scripts that call and take in themselves many times end', () => {
  const text = `${'source self.sh\nbash self.sh\n'.repeat(200)}vllm serve Qwen/Qwen3-30B-A3B -tp 2\n`;
  let reads = 0;
  const found = readLaunch({ uri: 'file:///w/self.sh', text }, NOTHING_KNOWN, () => {
    reads++;
    return { uri: 'file:///w/self.sh', text };
  });
  expect(found?.deployments.length).toBeGreaterThan(1);
  expect(reads).toBeLessThan(20_000);
});

test('the text is searched for a GPU once, however many commands there are', () => {
  const text = 'vllm serve Qwen/Qwen3-30B-A3B -tp 2\n'.repeat(50);
  let searches = 0;
  const known: Known = {
    ...NOTHING_KNOWN,
    gpuIn: () => {
      searches++;
      return undefined;
    },
  };
  const found = readLaunch({ uri: 'file:///w/many.sh', text }, known, () => undefined);
  expect(found?.deployments).toHaveLength(50);
  // In the text and in its name.
  expect(searches).toBe(2);
});
