import { expect, test } from 'vitest';
import { evaluate } from '../../server/src/cost/evaluate.ts';
import { derive } from '../../server/src/plan/derive/derive.ts';
import type { PlanSpec } from '../../server/src/plan/spec.ts';
import { analyseDocument } from '../../server/src/services/analysis.ts';
import { sharing, subjectOf } from '../../server/src/services/subject.ts';
import { withDegree, withoutDegrees } from '../../server/src/services/variants.ts';
import { catalogSources } from '../catalog/catalog.ts';

const URI = 'file:///workspace/plan.moeplan';

const plan = (parallel: string, pools = '') => `cluster racks { node = H800x8, count = 4 }
workload chat { input = 4_000 tokens, output = 100 tokens, concurrency = 64 }
deployment served {
  model = DeepSeek-V3, cluster = racks, workload = chat
  parallel { ${parallel} }
  ${pools}
}
`;

function deploymentOf(text: string) {
  const analysis = analyseDocument(URI, catalogSources(new Map([[URI, text]])));
  const [resolved] = analysis.plan.deployments;
  const block = resolved?.entity.node;
  const parallel = block?.items.find((item) => item.kind === 'block' && item.keyword.text === 'parallel');
  if (!resolved || !block || parallel?.kind !== 'block') throw new Error('no deployment');
  const subject = subjectOf(analysis, [block, parallel]);
  if (!subject) throw new Error('no subject');
  return { analysis, resolved, shared: sharing(subject, parallel) };
}

const draftOf = (spec: PlanSpec | undefined) => spec && derive(spec).draft;

const OWN_DEGREES = 'pool first { gpus = 0..15, parallel { dp = 16, ep = 16 } }\n  pool second { gpus = 16..31 }';

test.each([
  ['tp', 4, 'dp = 8, ep = 32', 'tp = 4, dp = 8, ep = 32', ''],
  ['tp', 3, 'dp = 8, ep = 32', 'tp = 3, dp = 8, ep = 32', ''],
  ['pp', 2, 'ep = 16', 'ep = 16, pp = 2', ''],
  ['ep', 8, 'ep = 16, tp = 2', 'ep = 8, tp = 2', ''],
  ['ep', 8, 'ep = 16', 'ep = 8', OWN_DEGREES],
  ['vpp', 2, 'ep = 8, pp = 4', 'ep = 8, pp = 4, vpp = 2', ''],
] as const)('%s = %i is what it is when it is written', (degree, value, before, after, pools) => {
  const { shared } = deploymentOf(plan(before, pools));
  const written = deploymentOf(plan(after, pools));
  const spec = withDegree(shared, degree, value);
  const variant = spec && derive(spec);
  expect(variant?.draft).toEqual(written.resolved.draft);
  expect(variant?.invalid).toBe(written.resolved.invalid);
  const evaluation = variant && variant.invalid === undefined ? evaluate(variant.draft) : undefined;
  expect(evaluation).toEqual(written.analysis.evaluationOf(written.resolved));
});

test('degrees that are left out are derived', () => {
  const { shared } = deploymentOf(plan('tp = 4, dp = 8, ep = 32'));
  const written = deploymentOf(plan('tp = 4'));
  expect(draftOf(withoutDegrees(shared, ['dp', 'ep']))).toEqual(written.resolved.draft);
});

test('a degree whose value is being typed has the one that is tried; what else is wrong stays wrong', () => {
  const typing = deploymentOf(plan('tp = , dp = 8, ep = 32'));
  expect(typing.resolved.deployment).toBeUndefined();
  expect(draftOf(withDegree(typing.shared, 'tp', 4))).toEqual(
    deploymentOf(plan('tp = 4, dp = 8, ep = 32')).resolved.draft,
  );
  expect(withDegree(deploymentOf(plan('tp = four, ep = x')).shared, 'tp', 4)).toBeUndefined();
});
