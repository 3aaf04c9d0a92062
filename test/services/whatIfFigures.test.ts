import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { Evaluation } from '../../server/src/cost/evaluation.ts';
import { type Analysis, AnalysisCache, analyseDocument, deploymentNamed } from '../../server/src/services/analysis.ts';
import { applyEdits } from '../../server/src/services/edits.ts';
import { whatIf } from '../../server/src/services/whatIf/answer.ts';
import { type Changes, settingsOf } from '../../server/src/services/whatIf/knobs.ts';
import { tryOut } from '../../server/src/services/whatIf/trial.ts';
import { writeWhatIf } from '../../server/src/services/whatIf/write.ts';
import { catalogSources } from '../catalog/catalog.ts';
import { projectRoot } from '../support/dist.ts';

const folder = join(projectRoot, 'examples');
const URI = pathToFileURL(join(folder, 'under-test.moeplan')).href;

/** Plans whose settings reach the prediction in further ways: blocks that are inherited, shared, in pools, of training. */
const FURTHER: Readonly<Record<string, string>> = {
  training: `model small { layers = 8, hidden = 1024, vocabulary = 32_000, attention { heads = 16 }, experts { count = 16, top-k = 2, ffn = 2048 } }
cluster racks { node = DGX-H100, count = 4 }
workload train { global-batch = 128, length = 2_048 tokens }
deployment plan {
  model = small, cluster = racks, workload = train
  parallel { tp = 2, pp = 2, dp = 8, ep = 8, micro-batches = 16, schedule = zero-bubble, zero = 1 }
}
deployment heir extends plan { parallel { tp = 2, pp = 2, dp = 8, ep = 8, micro-batches = 8 } }
`,
  rate: `model small { layers = 8, hidden = 1024, attention { heads = 16, kv-heads = 4 }, experts { count = 16, top-k = 2, ffn = 2048 } }
cluster racks { node = DGX-H100, count = 2 }
workload chat { input = 1_000 tokens, output = 200 tokens, request-rate = 20 requests/s, prefix-share = 30% }
deployment plan {
  model = small, cluster = racks, workload = chat
  engine { name = vllm, speculative-tokens = 2, acceptance = 70% }
  pool first { role = prefill, gpus = 0..7, parallel { dp = 8, ep = 8 } }
  pool second { role = decode, gpus = 8..15, parallel { dp = 8, ep = 8 } }
  first -> second
}
`,
};

const PLANS: ReadonlyMap<string, string> = new Map([
  ...readdirSync(folder)
    .filter((name) => name.endsWith('.moeplan'))
    .map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const),
  ...Object.entries(FURTHER),
]);

function analysed(text: string, cache?: AnalysisCache): Analysis {
  return analyseDocument(URI, catalogSources(new Map([[URI, text]])), cache);
}

function resolvedOf(analysis: Analysis, name: string) {
  const resolved = deploymentNamed(analysis, name);
  if (!resolved) throw new Error(`there is no deployment ${name}`);
  return resolved;
}

/** Everything that is computed, to the last digit; names are those of other blocks where one was written beside another. */
function everyFigure(evaluation: Evaluation | undefined): string {
  if (!evaluation) return 'nothing';
  return JSON.stringify(evaluation, (key, value: unknown) =>
    key === 'name' ? undefined : value instanceof Map ? [...value] : value,
  );
}

function tried(analysis: Analysis, name: string, changes: Changes): string {
  const resolved = resolvedOf(analysis, name);
  const settings = settingsOf(analysis, resolved, changes);
  if (typeof settings === 'string') return settings;
  const found = tryOut(analysis, resolved, settings);
  return typeof found === 'string' ? found : everyFigure(found.evaluation);
}

/** Each knob alone at some of its places and at an odd value, and all of them together. */
function trials(analysis: Analysis, name: string): readonly Changes[] {
  const knobs = whatIf(analysis, name, {})?.knobs ?? [];
  const alone = knobs.flatMap(({ name: knob, steps, written, isWhole }) =>
    [...steps.filter((_, index) => index % 5 === 1), written * 2, isWhole ? written + 1 : written * 1.1].map(
      (value) => ({
        [knob]: value,
      }),
    ),
  );
  const doubled = Object.fromEntries(knobs.map(({ name: knob, written }) => [knob, written * 2]));
  return [...alone, doubled];
}

test.each([...PLANS])('%s: what is tried has every figure of the text in which it is written', (_, text) => {
  const analysis = analysed(text);
  let written = 0;
  for (const { name } of analysis.plan.deployments)
    for (const changes of trials(analysis, name)) {
      const edit = writeWhatIf(analysis, name, changes);
      if ('refused' in edit) continue;
      const again = analysed(applyEdits(text, edit.edits));
      const figures = everyFigure(again.evaluationOf(resolvedOf(again, name)));
      expect(tried(analysis, name, changes) === figures, `${name} ${JSON.stringify(changes)}`).toBe(true);
      written += 1;
    }
  expect(written).toBeGreaterThan(10);
});

test.each([...PLANS])('%s: what is tried after edits is what is tried of the same text opened anew', (_, text) => {
  for (const edited of [`// moved\n${text}`, text.replace(/\n(?=deployment )/, '\nlet unused = 3\n')]) {
    const cache = new AnalysisCache();
    analysed(text, cache);
    // Blocks that were not touched are taken over, and their contents have not been read.
    const after = analysed(edited, cache);
    const fresh = analysed(edited);
    for (const { name } of fresh.plan.deployments)
      for (const changes of trials(fresh, name).slice(0, 6))
        expect(tried(after, name, changes) === tried(fresh, name, changes), `${name} ${JSON.stringify(changes)}`).toBe(
          true,
        );
  }
});
