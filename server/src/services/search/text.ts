import { overFigure } from '../../cost/figures/found.ts';
import { labelOf } from '../../cost/figures/quantities.ts';
import { formatBand, formatFigure } from '../../cost/format.ts';
import type { Answer, Ranked } from '../../search/answer.ts';
import { METRICS, type MetricName } from '../../search/metrics.ts';
import type { SearchSpace } from '../../search/space.ts';
import { terminalText } from '../../text/terminal.ts';
import type { ReadSearch } from './read.ts';
import { axisStandings, behindText, decidedText, fallenClasses, whyNone } from './reasons.ts';
import { chosenText, metricFigure, metricText } from './words.ts';

/** Figures of a row beside the objective, as far as plans have them. */
const BESIDE: readonly MetricName[] = [
  'throughput-per-gpu',
  'tokens-per-user',
  'ttft',
  'tpot',
  'step',
  'gpus-used',
  'memory-margin',
];

/** The answer of a search for a terminal. */
export function answerText({ space, base, by, name }: ReadSearch, answer: Answer): string {
  const { ranked, front, decided, isProved } = answer;
  const lines = [`${name}: ${decidedText(decided)}`];
  if (ranked.length === 0) lines.push('', `No plan holds: ${whyNone(space, decided)}.`);
  else {
    const how = by === 'middle' ? 'by the prediction' : `by the lower edge of the comparison with ${base.name}`;
    lines.push(
      `best ${labelOf(METRICS[space.objective].quantity)} ${how}${isProved ? '' : ' (not proved: more plans lie within the bands than are kept)'}`,
      '',
    );
    lines.push(...table(space, ranked, answer));
    if (ranked.some(({ isTied }, index) => isTied && index > 0))
      lines.push('', '= cannot be told from the first: the band of their comparison holds both');
    if (ranked.some(({ isUnmeasured }) => isUnmeasured)) lines.push('? on GPUs of which nothing was measured');
    lines.push(
      '',
      `Front of ${labelOf(METRICS[space.objective].quantity)} over ${labelOf(METRICS[space.against].quantity)}:`,
    );
    lines.push(
      ...aligned(
        front.map(({ values, chosen }) => [
          metricText(space.against, values[space.against]),
          metricText(space.objective, values[space.objective]),
          chosenText(chosen, space.base),
        ]),
      ),
    );
    const values = standings(space, answer);
    if (values.length > 0)
      lines.push('', `Best with each value${decided.bounded > 0 ? ', of the plans that were scored' : ''}:`, ...values);
  }
  lines.push('', 'Refused:', ...refused(space, answer));
  return terminalText(`${lines.join('\n')}\n`);
}

function table(
  { objective, base }: SearchSpace,
  ranked: readonly Ranked[],
  { base: ofBase }: Answer,
): readonly string[] {
  const columns = [
    objective,
    ...BESIDE.filter((name) => name !== objective && ranked.some(({ values }) => values[name] !== undefined)),
  ];
  const head = ['', ...columns.map((name) => labelOf(METRICS[name].quantity)), 'band', 'over the base', 'plan'];
  const rows = ranked.map((plan, index) => {
    const figure = metricFigure(objective, plan.values[objective], plan.error);
    const over = plan.overBase && overFigure(plan.overBase.middle, plan.overBase.low, plan.overBase.high);
    return [
      `${index + 1}${index > 0 && plan.isTied ? '=' : ''}${plan.isUnmeasured ? '?' : ''}`,
      ...columns.map((name) => metricText(name, plan.values[name])),
      (figure && formatBand(figure)) ?? '',
      over ? `${formatFigure(over)} (${formatBand(over)})` : '',
      plan.alike > 0 ? `${chosenText(plan.chosen, base)} (and ${plan.alike} alike)` : chosenText(plan.chosen, base),
    ];
  });
  const present = ofBase ? [['base', ...columns.map((name) => metricText(name, ofBase[name])), '', '', base.name]] : [];
  return aligned([head, ...rows, ...present]);
}

/** Columns from the left, the last one as it is. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
}

function standings(space: SearchSpace, { decided, ranked }: Answer): readonly string[] {
  return axisStandings(space, decided, ranked).map(({ axis, values }) => {
    const first = values[0]?.best;
    const texts = values.map(
      ({ value, best }) =>
        `${value} ${best === undefined || first === undefined ? '' : behindText(space.objective, best, first)}`,
    );
    return `  ${axis}: ${texts.join(', ')}`;
  });
}

function refused(space: SearchSpace, { decided }: Answer): readonly string[] {
  const classes = fallenClasses(space, decided);
  if (classes.length === 0) return ['  none'];
  return classes.flatMap(({ reason, count, message, example }) => [
    `  ${count.toLocaleString('en-US')} ${reason}: ${message}`,
    `      for example ${example}`,
  ]);
}
