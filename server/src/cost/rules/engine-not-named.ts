import { enginesFor } from '../../engines/index.ts';
import type { Fix, Rule } from '../../language/diagnostic.ts';
import type { Entity } from '../../language/entity.ts';
import { fix } from '../../language/rules/run.ts';
import { DEFAULT_ENGINE } from '../../language/vocabulary/engine.ts';
import { childOf, wordOf } from '../../plan/values.ts';
import type { CostContext } from './context.ts';

/**
 * A deployment that serves or trains names no engine, so that its figures are those of an ideal one.
 *
 * An ideal engine runs kernels and links and nothing else: no scheduling, no host time between steps, no memory of a runtime.
 * Its figures bound what an engine can reach; those of a named engine are what was measured of it.
 *
 * ## Not so
 * ```moeplan
 * deployment plan { model = moe-4l, cluster = two-nodes, workload = chat }
 * ```
 *
 * ## But so
 * ```moeplan
 * deployment plan { model = moe-4l, cluster = two-nodes, workload = chat, engine { name = vllm } }
 * ```
 *
 * ## How to fix it
 * Name the engine; each quick fix writes one. `engine { name = ideal }` says that the bound is meant, and silences this.
 */
export const engineNotNamed: Rule<CostContext> = {
  name: 'engine-not-named',
  family: 'prediction',
  severity: 'hint',
  summary: 'No engine is named: the figures are those of an ideal one.',
  check({ resolved, evaluation }, report) {
    const { kind } = evaluation.deployment.workload;
    if (kind === 'batch') return;
    const { entity, sources } = resolved;
    const isNamed = (holder: Entity) => wordOf(childOf(holder, 'engine'), 'name') !== undefined;
    if (isNamed(entity) || sources.every(({ holder }) => isNamed(holder))) return;
    const others = enginesFor(kind).filter((name) => name !== DEFAULT_ENGINE);
    report({
      // The finding is at the keyword, because a hover of the name begins with the figures.
      uri: entity.uri,
      span: entity.node.keyword.span,
      message:
        'no engine is named: the figures are those of an ideal one, kernels and links alone; name the engine, or write ' +
        '`engine { name = ideal }`',
      fixes: [...others, DEFAULT_ENGINE].flatMap((name) => namingFix(entity, name)),
    });
  },
};

/** Writes into the engine's own block if there is one, otherwise after the last property of the deployment. */
function namingFix(entity: Entity, name: string): Fix[] {
  const title = `Write \`engine { name = ${name} }\``;
  const written = entity.node.items.find((item) => item.kind === 'block' && item.keyword.text === 'engine');
  if (written?.kind === 'block') {
    // A keyword alone, as while it is typed, has no body to write into.
    if (!written.closed || written.body.start === written.body.end) return [];
    const start = written.body.start + 1;
    const separator = written.items.length > 0 ? ',' : ' ';
    return [fix(title, entity.uri, { start, end: start }, ` name = ${name}${separator}`, false)];
  }
  const last = entity.node.items.findLast((item) => item.kind === 'property');
  if (!last) return [];
  const { end } = last.span;
  return [fix(title, entity.uri, { start: end, end }, `, engine { name = ${name} }`, false)];
}
