import type { Entity, Value } from '../../language/entity.ts';
import { launchedPools } from '../../launch/write/plan.ts';
import { shellFiles, type WrittenFile } from '../../launch/write/shell.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import { targetOf } from '../../plan/values.ts';
import type { Analysis } from '../analysis.ts';
import { ALL_RULES, diagnose } from '../findings/diagnostics.ts';

/** The files that start a deployment, or why there are none, in a clause. */
export type WrittenLaunch = { readonly files: readonly WrittenFile[] } | { readonly refused: string };

/** Rules about what an engine refuses. */
const OF_ENGINES: ReadonlySet<string> = new Set(
  ALL_RULES.filter(({ family, severity }) => family === 'engine' && severity === 'error').map(({ name }) => name),
);

/** Writes the scripts of a deployment. One that its engine would refuse is not written. */
export function writtenLaunch(analysis: Analysis, resolved: ResolvedDeployment): WrittenLaunch {
  const { deployment, spec, entity } = resolved;
  if (!deployment || !spec) return { refused: resolved.invalid ?? 'its model, cluster or workload is not known' };
  const { span } = entity.node;
  const wrong = diagnose(analysis).find(
    (found) => OF_ENGINES.has(found.rule) && span.start <= found.span.start && found.span.end <= span.end,
  );
  if (wrong) return { refused: wrong.message };
  const pools = launchedPools(deployment, spec);
  if (!pools) return { refused: 'nobody starts its engine; name one with `engine { name = ... }`' };
  return { files: shellFiles(deployment, pools, checkpointOf(targetOf(entity, 'model')) ?? deployment.model.name) };
}

/** The checkpoint that a model of the catalogue is read from. */
function checkpointOf(model: Entity | undefined): string | undefined {
  for (let block = model; block; block = block.base) {
    const [first] = textsIn(block.properties.get('huggingface')?.value);
    if (first !== undefined) return first;
  }
  return undefined;
}

function textsIn(value: Value | undefined): readonly string[] {
  if (value?.kind === 'text') return [value.text];
  return value?.kind === 'list' ? value.items.flatMap(textsIn) : [];
}
