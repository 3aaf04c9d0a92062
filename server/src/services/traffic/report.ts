import type { Evaluation } from '../../cost/evaluation.ts';
import { countFigure, linkFigures, sendingTime, sentFigure } from '../../cost/figures/links.ts';
import { labelOf } from '../../cost/figures/quantities.ts';
import { formatFigure } from '../../cost/format.ts';
import { bold, type Markdown, paragraphs, table } from '../../text/markdown.ts';
import { stepLabel } from '../stepLabel.ts';
import { trafficOf } from './traffic.ts';
import { LEVEL_ORDER, levelLabels, sendingQuantity, verdictOf } from './words.ts';

/** Traffic of each pool's first step, as elsewhere in the report: bytes by kind of link, and for each operation. */
export function trafficTables(evaluation: Evaluation): Markdown {
  return paragraphs(
    ...evaluation.prediction.pools.map((prediction) => {
      const [step] = prediction.steps;
      if (!step) return undefined;
      const { cluster, deployment } = evaluation;
      const traffic = trafficOf(evaluation, prediction, step);
      const labels = levelLabels(cluster, traffic.gpus);
      const title = deployment.pools.length > 1 && bold(stepLabel(evaluation, prediction.pool, step));
      const { levels, operations } = traffic;
      if (operations.length === 0) return paragraphs(title, verdictOf(cluster, traffic, step));
      return paragraphs(
        title,
        verdictOf(cluster, traffic, step),
        table(
          ['Link', labelOf('bytesPerStep'), 'Of one GPU', 'Bandwidth', labelOf('linkBusy'), labelOf('linkWire')],
          levels.map((use) => {
            const { bytes, perGpu, bandwidth, busy, wire } = linkFigures(use, step.seconds);
            return [labels[use.level], ...[bytes, perGpu, bandwidth, busy, wire].map(formatFigure)];
          }),
          ['left', 'right', 'right', 'right', 'right', 'right'],
        ),
        table(
          [
            'Operation',
            'Group',
            ...levels.map(({ level }) => labels[level]),
            labelOf('times'),
            labelOf(sendingQuantity(step)),
          ],
          operations.map(({ label, group, bytes, times, seconds }) => [
            label,
            group,
            ...levels.map(({ level }) => {
              const levelBytes = bytes[LEVEL_ORDER.indexOf(level)] ?? 0;
              return levelBytes > 0 ? formatFigure(sentFigure(levelBytes)) : '-';
            }),
            formatFigure(countFigure(times)),
            formatFigure(sendingTime(seconds)),
          ]),
          ['left', 'left', ...levels.map(() => 'right' as const), 'right', 'right'],
        ),
      );
    }),
  );
}
