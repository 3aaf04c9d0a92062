import type { Figure } from '../../server/src/cost/figures/figure.ts';
import { figuresOf } from '../../server/src/cost/figures/figures.ts';
import { benchmarkOf } from './benchmarks.ts';
import { type CsvRow, number, text } from './csv.ts';
import { servingEngineNamed } from './names.ts';
import { NotCovered, Planner } from './plans.ts';
import { NOT_MEASURED, type ScoredRow, scoreRows } from './rows.ts';

export const HEADLINE = new Set(['A', 'B', 'C']);

/**
 * Every row of the folder's serving measurements beside its prediction, TTFT and TPOT each a row; nothing when the folder
 * has none. Rows of trust A, B and C are the headline.
 */
export function scoreServing(folder: string): readonly ScoredRow[] | undefined {
  const planner = new Planner(folder);
  return scoreRows(folder, 'serving.csv', 'tpot', (row) => scored(planner, row));
}

function scored(planner: Planner, row: CsvRow): ScoredRow[] {
  const common = {
    id: text(row, 'id'),
    // Where nobody has said how far a row can be trusted, it counts.
    headline: text(row, 'trust') === '' || HEADLINE.has(text(row, 'trust')),
    groups: {
      model: text(row, 'model'),
      gpu: text(row, 'gpu'),
      engine: text(row, 'engine'),
      phase: text(row, 'mode'),
    },
  };
  const outcome = predicted(planner, row);
  const metrics: ScoredRow[] = [];
  for (const metric of ['ttft', 'tpot'] as const) {
    const measured = number(row, `${metric}_ms`);
    if (measured === undefined || measured <= 0) continue;
    metrics.push(
      'reason' in outcome
        ? { ...common, metric, measured: measured / 1e3, reason: outcome.reason }
        : { ...common, metric, measured: measured / 1e3, ...outcome[metric] },
    );
  }
  // A row without either figure counts all the same, as one that is not covered.
  return metrics.length > 0 ? metrics : [{ ...common, metric: 'tpot', measured: Number.NaN, reason: NOT_MEASURED }];
}

function predicted(planner: Planner, row: CsvRow) {
  try {
    const evaluation = planner.evaluate(servingPlan(planner, row));
    const { ttftSeconds, tpotSeconds } = evaluation.prediction;
    const { ttft, tpot } = figuresOf(evaluation);
    return { ttft: withBand(ttftSeconds, ttft), tpot: withBand(tpotSeconds, tpot) };
  } catch (error) {
    if (error instanceof NotCovered || error instanceof RangeError) return { reason: error.message };
    throw error;
  }
}

/** A run that was measured did fit, whatever the plan's cache says: it is predicted even where no figure is shown. */
function withBand(predicted: number | undefined, figure: Figure | undefined) {
  return { predicted: predicted ?? Number.NaN, ...(figure?.band && { band: figure.band }) };
}

/** The plan of one row as a user would write it. */
export function servingPlan(planner: Planner, row: CsvRow): string {
  const input = number(row, 'input_len');
  const output = number(row, 'output_len');
  const concurrency = number(row, 'concurrency');
  const engine = servingEngineNamed(text(row, 'engine'));
  if (input === undefined || output === undefined) throw new NotCovered('the row has no input or output length');
  if (concurrency === undefined) throw new NotCovered('the row has no concurrency');
  if (engine === undefined) throw new NotCovered(`engine ${text(row, 'engine')} is not known`);
  const ratio = number(row, 'mean_length_ratio') ?? 1;
  const workload = [
    `input = ${Math.max(1, Math.round(input * ratio))} tokens`,
    `output = ${Math.max(1, Math.round(output * ratio))} tokens`,
    `concurrency = ${concurrency}`,
    ...benchmarkOf(row, engine, concurrency),
  ].join(', ');
  const pools = text(row, 'prefill') === '' ? undefined : [workersOf(row, 'prefill'), workersOf(row, 'decode')];
  const body = [`types { ${typesOf(row)} }`];
  let gpus = 0;
  if (pools) {
    for (const { name, workers, size, parallel, attentionDp } of pools) {
      body.push(
        `pool ${name} {`,
        `  gpus = ${gpus}..${gpus + workers * size - 1}, replicas = ${workers}`,
        `  ${parallel}`,
        `  engine { ${engineOf(engine, attentionDp)} }`,
        '}',
      );
      gpus += workers * size;
    }
    body.push('prefill -> decode');
  } else {
    const { size, parallel, attentionDp } = layoutOf((name) => number(row, name));
    gpus = size;
    body.push(parallel, `engine { ${engineOf(engine, attentionDp)} }`);
  }
  return planner.text({ model: text(row, 'model'), gpu: text(row, 'gpu'), gpus, body, workload });
}

interface Layout {
  readonly size: number;
  readonly parallel: string;
  readonly attentionDp: number;
}

function layoutOf(field: (name: string) => number | undefined): Layout {
  const degree = (name: string) => {
    const value = field(name);
    if (value !== undefined && !(Number.isInteger(value) && value > 0))
      throw new NotCovered(`${name} = ${value} is no degree`);
    return value;
  };
  const tp = degree('attn_tp') ?? 1;
  const dp = degree('attn_dp') ?? 1;
  const pp = degree('pp') ?? 1;
  const etp = degree('moe_tp');
  const ep = degree('moe_ep');
  const parts = [`tp = ${tp}`, `dp = ${dp}`, `pp = ${pp}`];
  // Left empty they are the engine's default, which is the language's too: experts follow attention.
  if (etp !== undefined) parts.push(`etp = ${etp}`);
  if (ep !== undefined) parts.push(`ep = ${ep}`);
  return { size: tp * dp * pp, parallel: `parallel { ${parts.join(', ')} }`, attentionDp: dp };
}

function workersOf(row: CsvRow, name: 'prefill' | 'decode') {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text(row, name));
  } catch {
    throw new NotCovered(`the ${name} workers are not readable`);
  }
  const fields = new Map(typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : []);
  const field = (key: string) => {
    const value = Number(fields.get(key));
    return Number.isFinite(value) && value > 0 ? value : undefined;
  };
  return { name, workers: field('workers') ?? 1, ...layoutOf(field) };
}

/**
 * Number types. What the tables call fp8 of a DeepSeek or of Qwen's own -FP8 is the published block-scaled checkpoint, and gpt-oss runs from its
 * own mxfp4 and bf16 whatever the column says. `bf16?` was not recorded by the source.
 */
function typesOf(row: CsvRow): string {
  const model = text(row, 'model').toLowerCase();
  const weights = numberType(text(row, 'weights_dtype'), model);
  const experts = numberType(text(row, 'moe_dtype'), model);
  const kv = text(row, 'kv_dtype');
  const parts: string[] = [];
  if (model.includes('gpt-oss')) parts.push('weights = bf16', 'experts = mxfp4');
  else {
    // The published 4-bit DeepSeek keeps attention in 16 bits.
    const wide = weights === 'nvfp4' && model.includes('deepseek');
    parts.push(`weights = ${weights}`, `experts = ${experts ?? weights}`);
    if (wide) parts.push('attention = bf16');
  }
  if (kv !== '') parts.push(`kv = ${kv.startsWith('fp8') ? 'fp8' : 'bf16'}`);
  else if (cachesNarrow(row)) parts.push('kv = fp8');
  return parts.join(', ');
}

/**
 * The tables leave the cache's type out. NVIDIA's quantised checkpoints (fp8 per tensor, nvfp4) bring scales for an 8-bit
 * cache, which TensorRT-LLM uses by itself and the published vLLM runs ask for on Blackwell; on Hopper vLLM keeps its
 * default of 16 bits, as the requests that its runs hold at once show. Block-scaled checkpoints have no scales.
 */
function cachesNarrow(row: CsvRow): boolean {
  if (!['fp8', 'nvfp4'].includes(text(row, 'weights_dtype'))) return false;
  const engine = servingEngineNamed(text(row, 'engine'));
  return engine === 'trt-llm' || (engine === 'vllm' && /\bg?b\d/i.test(text(row, 'gpu')));
}

function numberType(written: string, model: string): string | undefined {
  switch (written.replace('?', '')) {
    case '':
      return undefined;
    case 'fp8':
      return /deepseek|^qwen\/.*-fp8$/.test(model) ? 'fp8-block' : 'fp8';
    case 'fp8_block':
      return 'fp8-block';
    case 'nvfp4':
    case 'fp4':
      return 'nvfp4';
    case 'mxfp4':
      return 'mxfp4';
    case 'int4':
    case 'int4_wo':
      return 'int4';
    case 'int8':
    case 'int8_wo':
      return 'int8';
    case 'bf16':
    case 'bfloat16':
    case 'fp16':
      return 'bf16';
    default:
      throw new NotCovered(`number type ${written} is not known`);
  }
}

function engineOf(engine: string, attentionDp: number): string {
  const parts = [`name = ${engine}`];
  // Inside one machine attention data parallelism exchanges tokens by all-gather and reduce-scatter in all three engines.
  if (attentionDp > 1) parts.push('all-to-all = gather');
  return parts.join(', ');
}
