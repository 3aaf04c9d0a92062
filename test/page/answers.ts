import assert from 'node:assert/strict';
import type { Analysis } from '../../server/src/services/analysis.ts';
import { curves } from '../../server/src/services/curves/curves.ts';
import { differencesBetween } from '../../server/src/services/differences/answer.ts';
import type { FromPage } from '../../server/src/services/preview/messages.ts';
import { whatIf } from '../../server/src/services/whatIf/answer.ts';
import type { Panel } from './panel.ts';

type Asked<Type extends FromPage['type']> = Extract<FromPage, { type: Type }>;

/** The last question of a kind that the page has sent, once all that it sends has arrived. */
export async function lastSent<Type extends FromPage['type']>(panel: Panel, type: Type): Promise<Asked<Type>> {
  await panel.settle();
  const found = panel.sent.findLast((message): message is Asked<Type> => message.type === type);
  assert.ok(found, `the page has sent no ${type}`);
  return found;
}

/** Answers the page's last what-if as the server would. */
export async function answerWhatIf(panel: Panel, analysis: Analysis): Promise<void> {
  const { deployment, changes, sequence } = await lastSent(panel, 'whatIf');
  const answer = whatIf(analysis, deployment, changes);
  assert.ok(answer);
  await panel.send({ type: 'whatIf', sequence, answer });
}

/** Answers the page's last question for curves as the server would. */
export async function answerCurves(panel: Panel, analysis: Analysis): Promise<void> {
  const { subjects, over, sequence } = await lastSent(panel, 'curves');
  const work = curves(analysis, subjects, over);
  for (;;) {
    const { done, value: answer } = work.next();
    if (!done) continue;
    assert.ok(answer);
    await panel.send({ type: 'curves', sequence, answer });
    return;
  }
}

/** Answers the page's last question for differences as the server would, where it is one between deployments. */
export async function answerDifferences(panel: Panel, analysis: Analysis): Promise<void> {
  const { deployment, base, sequence } = await lastSent(panel, 'differences');
  assert.ok(base !== 'last-commit' && 'deployment' in base);
  await panel.send({
    type: 'differences',
    sequence,
    answer: differencesBetween(analysis, base.deployment, deployment),
  });
}
