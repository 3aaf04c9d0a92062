import { describe, expect, test } from 'vitest';
import { parametersOf } from '../../server/src/cost/parameters/parameters.ts';
import { readConfig } from '../../server/src/plan/huggingFace/config.ts';
import type { Model } from '../../server/src/plan/model.ts';
import { modelOf } from '../../server/src/plan/resolve/plan.ts';
import { analyseDocument } from '../../server/src/services/analysis.ts';
import { WORKSPACE } from '../support/annotations.ts';
import { memorySources } from '../support/sources.ts';
import { DENSE } from './configs/dense.ts';
import { FURTHER, ROUNDED } from './configs/further.ts';
import { MIXTURES } from './configs/mixtures.ts';
import { OF_2026 } from './configs/of2026.ts';
import { BY_HAND, RECENT } from './configs/recent.ts';
import { WHOLE } from './configs/whole.ts';

const CONFIGS = [...DENSE, ...MIXTURES, ...FURTHER, ...ROUNDED, ...WHOLE, ...OF_2026, ...RECENT, ...BY_HAND];

const PLAN = `${WORKSPACE}plan.moeplan`;

/** The model of a plan that takes a config over, with these braces. */
function inPlan(config: object, braces: string): Model {
  const text = `model m from "config.json"${braces && ` { ${braces} }`}\n`;
  const files = new Map([
    [PLAN, text],
    [`${WORKSPACE}config.json`, JSON.stringify(config)],
  ]);
  const [entity] = analyseDocument(PLAN, memorySources(files)).program.own;
  const model = entity && modelOf(entity);
  if (!model) throw new Error('the model is not understood');
  return model;
}

function alone(config: object): Model {
  const reading = readConfig('m', Object.fromEntries(Object.entries(config)));
  if ('refused' in reading) throw new Error(reading.refused);
  return reading.model;
}

describe('a config that a plan takes over', () => {
  test.each(CONFIGS.map(({ name, config }) => [name, config] as const))('is all of the model: %s', (_, config) => {
    expect(inPlan(config, '')).toEqual(alone(config));
  });

  /** Braces that repeat what the config says of experts, and say who visits them. */
  test.each(
    CONFIGS.map(({ name, config }) => [name, config] as const).filter(([, config]) =>
      alone(config).classes.some(({ feedForward }) => feedForward.kind === 'moe'),
    ),
  )('keeps what only it can state where the braces say how popular experts are: %s', (_, config) => {
    const read = alone(config);
    const experts = read.classes.flatMap(({ feedForward }) => (feedForward.kind === 'moe' ? [feedForward] : []))[0];
    const repeated = `experts { count = ${experts?.count}, top-k = ${experts?.topK}, ffn = ${experts?.ffn}, shared = ${experts?.shared}, shared-ffn = ${experts?.sharedFfn || 1}, popularity = zipf 1.1 }`;
    const said = inPlan(config, experts?.sharedFfn === 0 ? repeated.replace(/shared-ffn = 1, /, '') : repeated);
    expect(parametersOf(said)).toEqual(parametersOf(read));
    expect(said.layers).toEqual(read.layers);
  });
});
