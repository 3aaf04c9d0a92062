import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { layersOfChunks } from '../../server/src/plan/chunks.ts';
import { chunksOfStages, evenLayout, readLayout, writeLayout } from '../../server/src/plan/pipelineLayout.ts';
import { seeded } from '../support/propertyRuns.ts';
import { plansReader } from '../support/randomPlans.ts';

const read = plansReader();

function stagesOf(parallel: string, model = 'layers = 61, mtp = 1') {
  const { plan } = read(`model m { ${model}, hidden = 1024
  attention { heads = 8, head-size = 128 }, dense { ffn = 4096 } }
cluster c { node = DGX-H100, count = 4 }
workload t { global-batch = 64, length = 1_024 tokens }
deployment d { model = m, cluster = c, workload = t, parallel { ${parallel} } }
`);
  const [resolved] = plan.deployments;
  const [pool] = resolved?.deployment?.pools ?? [];
  if (!pool) throw new Error(`no deployment: ${resolved?.invalid}`);
  return pool;
}

describe('a layout in letters', () => {
  test.each([
    ['Et|(tt|)*2mL', ['Et', 'tt', 'tt', 'mL']],
    ['Ettt|(tt|)*2,m|L', ['Ettt', 'tt', 'tt', 'm', 'L']],
    ['Et*3|tL', ['Ettt', 'tL']],
    ['E(|t)*2L', ['E', 't', 'tL']],
    ['E(t*2|)*2L', ['Ett', 'tt', 'L']],
    ['Et|*2L', ['Et', '', 'L']],
  ])('%s', (text, parts) => {
    expect(readLayout(text)).toEqual(parts);
  });

  test('is written as recipes write it', () => {
    expect(writeLayout(['Et', ...Array.from({ length: 30 }, () => 'tt'), 'mL'])).toBe('Et|(tt|)*30mL');
    expect(writeLayout(['Ettttt', 'ttttt', 'tL'])).toBe('Et*5|t*5|tL');
  });

  test('is the same when it is written and read again', () => {
    const part = fc.constantFrom('', 't', 'tt', 'tttt', 'ttttttt');
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 12 }), (parts) => {
        expect(readLayout(writeLayout(parts))).toEqual(parts);
      }),
      seeded(200),
    );
  });

  test('that shares layers evenly is one that works, and leaves the ends fewer', () => {
    const shared = (layers: number, pp: number, vpp: number) => {
      const model = { layers: new Array<number>(layers).fill(0), mtpModules: 1 };
      return chunksOfStages({ pp, vpp, layout: evenLayout(model, { pp, vpp }) }, model);
    };
    expect(shared(61, 4, 1)).toEqual([[15], [16], [15], [15]]);
    expect(shared(61, 2, 2)).toEqual([
      [15, 15],
      [16, 15],
    ]);
    expect(shared(64, 2, 2)).toEqual([
      [16, 16],
      [16, 16],
    ]);
  });
});

describe('stages of a layout', () => {
  test("hold chunk a of rank b in part a x pp + b: NVIDIA's recipe of DeepSeek-V3", () => {
    const { stages, parallel } = stagesOf('tp = 4, pp = 8, layout = "Et|(tt|)*30mL"');
    expect(parallel).toMatchObject({ pp: 8, vpp: 4, schedule: 'interleaved' });
    expect(stages[0]).toMatchObject({ chunks: [1, 2, 2, 2], layers: [0, 15, 16, 31, 32, 47, 48] });
    expect(stages[7]).toMatchObject({ chunks: [2, 2, 2, 0], layers: [13, 14, 29, 30, 45, 46] });
    const [first, last] = [stages[0], stages[7]];
    expect(first && layersOfChunks(first, 4)).toEqual([[0], [15, 16], [31, 32], [47, 48]]);
    expect(last && layersOfChunks(last, 4)).toEqual([[13, 14], [29, 30], [45, 46], []]);
  });

  test('are as many as the parts, when neither pp nor vpp is written', () => {
    expect(stagesOf('layout = "Et*31|t*30mL"').parallel).toMatchObject({ pp: 2, vpp: 1, schedule: '1f1b' });
    expect(stagesOf('vpp = 2, layout = "Et*15|t*15|t*15|t*16mL"').parallel).toMatchObject({ pp: 2, vpp: 2 });
  });

  test('share what the first and the last leave', () => {
    const { stages } = stagesOf('pp = 4, first-stage-layers = 16, last-stage-layers = 13');
    expect(stages.map(({ layers }) => layers.length)).toEqual([16, 16, 16, 13]);
    const interleaved = stagesOf('pp = 4, vpp = 2, first-stage-layers = 4', 'layers = 16');
    expect(interleaved.stages.map(({ layers }) => layers)).toEqual([
      [0, 1, 8, 9],
      [2, 3, 10, 11],
      [4, 5, 12, 13],
      [6, 7, 14, 15],
    ]);
  });
});
