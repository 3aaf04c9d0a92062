import type { Cluster, Node } from '../../plan/cluster.ts';
import { placeOf } from '../../plan/cluster.ts';
import type { Pool } from '../../plan/deployment.ts';
import type { StepPart } from '../breakdown/step.ts';
import type { Row } from '../constants/row.ts';
import { peakOf } from '../hardware.ts';
import type { Operation, Shape } from '../operation.ts';
import { isCommunication } from '../steps/layer.ts';
import type { Figure } from './figure.ts';
import type { Formula } from './formula.ts';
import { FORMULAS } from './formulas.ts';
import { byFormula, exact } from './make.ts';
import { operationFigures } from './operation.ts';
import { SYMBOLS } from './symbols.ts';

/** Something that stands in a formula, or leads from it to a figure: its name as the formula has it, and its value. */
export interface Given {
  readonly name: string;
  readonly figure: Figure;
  readonly meaning?: string;
}

/**
 * Everything by which a reader can compute the time of an operation in a step again: how often it runs, what it does, what the
 * machine could do, and the constants of its formula by their symbols.
 */
export function givenOf(cluster: Cluster, pool: Pool, part: StepPart, operation: Operation): readonly Given[] {
  const gpus = pool.stages[part.stage]?.gpus ?? pool.gpus;
  const { node } = placeOf(cluster, gpus[0] ?? 0).group;
  return [
    ...runsOf(part, operation),
    ...workOf(operation),
    ...inputsOf(operation),
    ...(isCommunication(operation) ? linksOf(node) : kernelOf(node, pool, operation)),
    ...constantsOf(operation),
  ];
}

/** The time in the step as runs of one micro-batch through one layer. */
function runsOf({ seconds, runs }: StepPart, operation: Operation): readonly Given[] {
  const { exposedSeconds, seconds: whole, imbalance, formula } = operation;
  const each = runs > 0 ? seconds / runs : 0;
  const isHidden = exposedSeconds < whole * (1 - 5e-4);
  return [
    { name: 'time in the step', figure: exact(seconds, 'seconds', 'step-part'), meaning: 'runs x t_i' },
    { name: 'runs', figure: exact(runs, 'count', 'count'), meaning: 'layers x micro-batches of a stage, on average' },
    { name: 't_i', figure: exact(each, 'seconds', 'step-part'), meaning: 'what a run is waited for, on average' },
    {
      name: 't',
      figure: byFormula(whole, 'seconds', formula),
      meaning: isHidden ? 'what a run takes; other work hides the rest' : 'what a run takes, by the formula',
    },
    ...(imbalance === undefined
      ? []
      : [
          {
            name: 'imbalance',
            figure: exact(imbalance, 'ratio', 'load-imbalance'),
            meaning: 'fullest rank over the mean',
          },
        ]),
  ];
}

function workOf(operation: Operation): readonly Given[] {
  const { flop, bytes } = operationFigures(operation);
  const sends = isCommunication(operation);
  return [
    ...(flop.value > 0 ? [{ name: 'FLOP', figure: flop }] : []),
    ...(bytes.value > 0
      ? [
          {
            name: sends ? 'sent' : 'bytes',
            figure: bytes,
            meaning: sends ? 'bytes that a GPU sends' : 'read and written',
          },
        ]
      : []),
    ...(operation.formula === 'gemm' ? productOf(operation) : []),
  ];
}

const BY_NAME: ReadonlyMap<string, Formula> = new Map(Object.entries(FORMULAS));

/** What the formula was given, and what follows from that: a run, or one of the halves of a batch that take turns. */
function inputsOf({ formula, given, seconds, pricedSeconds, kind }: Operation): readonly Given[] {
  // In training operations have a fitted part of the time of a pass, and kernels no price of their own.
  if (!given || (pricedSeconds === undefined ? false : kind === 'compute')) return [];
  const { halves = 1, slower = 1, filled = 1, ...inputs } = given;
  const { inputs: meanings = {} } = BY_NAME.get(formula) ?? {};
  const by = (pricedSeconds ?? seconds) / (halves * slower * filled);
  return [
    {
      name: 't_f',
      figure: byFormula(by, 'seconds', formula),
      meaning: halves > 1 ? `by the formula, of one of ${halves} halves that take turns` : 'by the formula',
    },
    ...(slower > 1
      ? [
          {
            name: 'slower',
            figure: exact(slower, 'number', 'count'),
            meaning: 'while the exchange takes multiprocessors',
          },
        ]
      : []),
    ...(filled < 1
      ? [
          {
            name: 'filled',
            figure: exact(filled, 'number', 'count'),
            meaning: 'a mean chunk of the prompt over a full one',
          },
        ]
      : []),
    ...Object.entries(inputs).map(([name, value]): Given => {
      const [meaning, unit = 'number'] = meanings[name] ?? [];
      return { name, figure: exact(value, unit, 'count'), ...(meaning !== undefined && { meaning }) };
    }),
  ];
}

/**
 * The sides of a product of [m, k] by [k, n], where the operation is one. Shapes are in whole elements, and a mean batch is not,
 * so the tokens follow from the FLOP.
 */
function productOf({ flop, input, output }: Operation): readonly Given[] {
  const [k, n] = [columnsOf(input), columnsOf(output)];
  const m = flop / (2 * k * n);
  const rows = tokensOf(output);
  if (!(m > 0 && m <= rows && m > rows - Math.max(1, 0.5 * rows))) return [];
  const side = (name: string, value: number, meaning: string): Given => ({
    name,
    figure: exact(value, 'number', 'count'),
    meaning,
  });
  return [side('m', m, 'tokens'), side('k', k, 'columns of the input'), side('n', n, 'columns of the output')];
}

const TOKEN_AXES: ReadonlySet<string> = new Set(['batch', 'seq', 'tokens']);

function tokensOf(shape: Shape): number {
  return shape.reduce((product, { name, size }) => (TOKEN_AXES.has(name) ? product * size : product), 1);
}

function columnsOf(shape: Shape): number {
  return shape.reduce((product, { name, size }) => (TOKEN_AXES.has(name) ? product : product * size), 1);
}

function kernelOf({ gpu }: Node, { model }: Pool, operation: Operation): readonly Given[] {
  const { types } = model;
  const type = operation.routed === true ? types.experts : types.weights;
  const isAttention = operation.formula.startsWith('attention');
  const peak = isAttention ? gpu.peak.bf16 : peakOf(gpu, types.compute ?? type);
  return [
    {
      name: 'P',
      figure: exact(peak, 'FLOP/s', 'count'),
      meaning: `peak of ${gpu.name}${isAttention ? ' in bf16' : ''}`,
    },
    { name: 'BW', figure: exact(gpu.memoryBandwidth, 'bytes/s', 'count'), meaning: `memory bandwidth of ${gpu.name}` },
    { name: 'SMs', figure: exact(gpu.multiprocessors, 'count', 'count'), meaning: 'multiprocessors' },
  ];
}

function linksOf({ name, scaleUpBandwidth, scaleOutBandwidth }: Node): readonly Given[] {
  const links: readonly (readonly [string, number, string])[] = [
    ['BW, NVL', scaleUpBandwidth, `inside a domain of ${name}, per GPU and direction`],
    ['BW_out, NIC', scaleOutBandwidth, `between domains of ${name}, per GPU and direction`],
  ];
  return links.flatMap(([link, bandwidth, meaning]) =>
    bandwidth > 0 ? [{ name: link, figure: exact(bandwidth, 'bytes/s', 'count'), meaning }] : [],
  );
}

/** The constants that the operation was timed with, by the symbols of their formula. */
function constantsOf({ constants }: Operation): readonly Given[] {
  return constants.flatMap(({ row, residual: _, ...values }) =>
    row === undefined ? [] : Object.entries(values).flatMap(([name, value]) => constantOf(row, name, value)),
  );
}

function constantOf({ table, name: row }: Row, name: string, value: unknown): readonly Given[] {
  if (typeof value !== 'number') return [];
  const of = `${table} ${row}`;
  const known = SYMBOLS[table]?.[name];
  if (!known) return [{ name, figure: exact(value, 'number', 'count'), meaning: of }];
  const { symbol, meaning, unit = 'number' } = known;
  return [{ name: symbol, figure: exact(value, unit, 'count'), meaning: `${meaning} (${of})` }];
}
