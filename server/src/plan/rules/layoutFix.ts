import type { Fix } from '../../language/diagnostic.ts';
import { insertStatements } from '../../language/rules/insert.ts';
import { evenLayout } from '../pipelineLayout.ts';
import type { DraftPool, PlanContext } from './context.ts';

/** Writes a layout that shares the layers of a training pipeline as evenly as whole layers allow. */
export function layoutFix({ program }: PlanContext, draftPool: DraftPool): Fix[] {
  const { draft, pool, resolved, source } = draftPool;
  const { parallel } = source;
  const { pp, vpp } = pool.parallel;
  const isFree = draft.workload.kind === 'training' && !source.stages.some((stage) => stage.entity);
  if (!isFree || pool.model.layers.length < pp * vpp || parallel?.uri !== resolved.entity.uri) return [];
  const statement = `layout = "${evenLayout(pool.model, pool.parallel)}"`;
  const edits = insertStatements(program.root, parallel.node, [statement], 'end');
  return edits ? [{ title: `Write \`${statement}\``, edits: [...edits] }] : [];
}
