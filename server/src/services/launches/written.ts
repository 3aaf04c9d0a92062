import { type Entity, locationOfEntity, type Value } from '../../language/entity.ts';
import type { EngineName } from '../../language/vocabulary/engine.ts';
import type { WrittenFile } from '../../launch/write/form.ts';
import { WRITTEN_FORMS, type WrittenFormName } from '../../launch/write/forms/index.ts';
import { launchedPools } from '../../launch/write/plan.ts';
import type { ResolvedBlock, ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import { blockDiagnostics } from '../../plan/rules/diagnostics.ts';
import { childrenOf, targetOf } from '../../plan/values.ts';
import type { Analysis } from '../analysis.ts';
import { ALL_RULES } from '../findings/diagnostics.ts';
import { type Setting, type Step, stepTo } from '../whatIf/settings.ts';
import { changedBlock } from '../whatIf/trial.ts';

/** The files that start a deployment, or why there are none, in a clause. */
export type WrittenLaunch = { readonly files: readonly WrittenFile[] } | { readonly refused: string };

/** What is written of a deployment: by default scripts for the engine and release that its plan names. */
export interface WrittenAs {
  readonly form?: WrittenFormName;
  readonly engine?: EngineName;
  readonly version?: string;
}

/** Writes the files that start a deployment. One that its engine would refuse is not written. */
export function writtenLaunch(analysis: Analysis, resolved: ResolvedDeployment, as: WrittenAs = {}): WrittenLaunch {
  const block = blockFor(analysis, resolved, as);
  const changed = block?.deployments[0];
  const { deployment, spec } = changed ?? {};
  const at = locationOfEntity(resolved.entity);
  const wrong = block && blockDiagnostics(analysis.program, block, at).find(isRefusal);
  if (wrong) return { refused: wrong.message };
  if (!deployment || !spec) return { refused: changed?.invalid ?? 'its model, cluster or workload is not known' };
  const pools = launchedPools(deployment, spec);
  if (!pools) return { refused: 'nobody starts its engine; name one with `engine { name = ... }`' };
  const model = checkpointOf(targetOf(resolved.entity, 'model')) ?? deployment.model.name;
  return WRITTEN_FORMS[as.form ?? 'shell'].write({ deployment, pools, model });
}

/** Rules about what an engine refuses. */
const ENGINE_RULES: ReadonlySet<string> = new Set(
  ALL_RULES.filter(({ family, severity }) => family === 'engine' && severity === 'error').map(({ name }) => name),
);

function isRefusal({ rule, severity }: { readonly rule: string; readonly severity: string }): boolean {
  return severity === 'error' && ENGINE_RULES.has(rule);
}

/** The deployment's block, with another engine or release where one is asked for. */
function blockFor(analysis: Analysis, resolved: ResolvedDeployment, as: WrittenAs): ResolvedBlock | undefined {
  const { entity } = resolved;
  if (as.engine === undefined && as.version === undefined) return analysis.plan.blockOf(entity);
  const settings = engineBlocks(entity).flatMap(({ path, block }): readonly Setting[] => {
    const set = (property: string, value: string | undefined): Setting => ({
      block: 'deployment',
      path,
      property,
      value,
    });
    const isOther = as.engine !== undefined && wordOf(block, 'name') !== as.engine;
    const release = as.version ?? (isOther ? undefined : textOf(block, 'version'));
    return [...(as.engine === undefined ? [] : [set('name', as.engine)]), set('version', release)];
  });
  return changedBlock(analysis, resolved, settings);
}

/** Blocks that may name an engine: that of the deployment, and those that pools have of their own. */
function engineBlocks(
  entity: Entity,
): readonly { readonly path: readonly Step[]; readonly block: Entity | undefined }[] {
  const engineOf = (owner: Entity) => childrenOf(owner, 'engine')[0];
  const pools = childrenOf(entity, 'pool').flatMap((pool) => {
    const block = engineOf(pool);
    return block ? [{ path: [stepTo(pool), ENGINE], block }] : [];
  });
  return [{ path: [ENGINE], block: engineOf(entity) }, ...pools];
}

const ENGINE: Step = { keyword: 'engine' };

function wordOf(block: Entity | undefined, property: string): string | undefined {
  const value = block?.properties.get(property)?.value;
  return value?.kind === 'word' ? value.text : undefined;
}

function textOf(block: Entity | undefined, property: string): string | undefined {
  return textsIn(block?.properties.get(property)?.value)[0];
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
