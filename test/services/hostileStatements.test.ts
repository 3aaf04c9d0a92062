import { describe, expect, test } from 'vitest';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { fixAll } from '../../server/src/services/findings/fixes.ts';
import { analysisOf } from './editor/support.ts';

/**
 * Thousands of statements that no block has, of every kind that a finding tells more of. Each text is answered in well under a
 * second where the work grows with the text; where it grows with its square, minutes pass.
 */
const COUNT = 10_000;
const lines = (line: (index: number) => string, count = COUNT) =>
  Array.from({ length: count }, (_, index) => `  ${line(index)}\n`).join('');
const inDeployment = (inside: string) => `deployment d {\n${inside}}\n`;

const TEXTS: Readonly<Record<string, readonly [text: string, rule?: string]>> = {
  'unknown words': [inDeployment(lines((at) => `zzqq${at} = 1`)), 'unknown-property'],
  'words of other tools behind unknown ones': [
    inDeployment(lines((at) => `zzqq${at} = 1`) + lines(() => 'gpu_memory_utilization = 0.9')),
    'unknown-property',
  ],
  'words of other tools behind a block that has them': [
    inDeployment(`  engine {\n${lines((at) => `zzqq${at} = 1`)}  }\n${lines(() => 'gpu_memory_utilization = 0.9')}`),
    'unknown-property',
  ],
  'our own words elsewhere': [`model m {\n${lines(() => 'heads = 32')}}\n`, 'unknown-property'],
  'words in their own block': [inDeployment(`  parallel {\n${lines(() => 'tensor_parallel_size = 8')}  }\n`)],
  'words in blocks of their own': [
    inDeployment(lines((at) => `pool p${at} { tensor_parallel_size = 8, gpu_memory_utilization = 0.9 }`)),
  ],
  'words of a block that another file part names': [
    `workload w {\n${lines((at) => `zzqq${at} = 1`)}}\n${inDeployment(`  workload = w\n${lines(() => 'osl = 100')}`)}`,
  ],
  'words outside any block': [lines(() => 'tensor_parallel_size = 8'), 'unknown-property'],
  'words on one line': [`deployment d { ${lines(() => 'max_num_seqs = 9,').replaceAll('\n', ' ')} }\n`],
  'flags on lines': [inDeployment(lines(() => '--tensor-parallel-size 8 \\')), 'unknown-property'],
  'flags on one line': [
    inDeployment(lines(() => '--tensor-parallel-size 8').replaceAll('\n', ' ')),
    'unknown-property',
  ],
  'flags outside any block': [lines(() => '--tensor-parallel-size 8').replaceAll('\n', ' '), 'unknown-property'],
  'texts that name nothing': [
    lines(() => 'deployment d { model = "nothing here" }') +
      lines((at) => `model m${at} { huggingface = ["name ${at}"] }`),
    'wrong-type',
  ],
  'texts that name a block otherwise': [
    lines((at) => `deployment d { model = "Name ${at}" }`) +
      lines((at) => `model m${at} { huggingface = ["name ${at}"] }`),
    'unresolved-name',
  ],
  'ids of the hub': [
    lines((at) => `deployment d { model = acme/n${at} }`) +
      lines((at) => `model m${at} { huggingface = "acme/n${at}" }`),
    'unresolved-name',
  ],
  'ids of the hub with very many parts': [`model m extends a${'/b'.repeat(100_000)} { }\n`, 'unresolved-name'],
  'machines for clusters': [lines((at) => `deployment d${at} { cluster = DGX-H100 }`), 'unresolved-name'],
  'paths that are ids of the hub': [lines((at) => `model m${at} from "acme/m${at}"`), 'import-not-found'],
};

describe('very many hostile statements are answered', () => {
  test.each(Object.entries(TEXTS))('%s', (_, [text, rule = 'unknown-property']) => {
    const analysis = analysisOf(text);
    const found = diagnose(analysis);
    expect(found.map((each) => each.rule)).toContain(rule);
    expect(found.map((each) => each.rule)).not.toContain('internal-error');
    // As many edits as findings, about: a fix that moves all statements of a block stands at each of them.
    expect(fixAll(analysis.uri, found).length).toBeLessThan(4_000);
  });
});
