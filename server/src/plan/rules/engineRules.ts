import { engineProfile } from '../../engines/index.ts';
import type { EngineRule } from '../../engines/rule.ts';
import type { Rule } from '../../language/diagnostic.ts';
import { ENGINE_NAMES, type EngineName } from '../../language/vocabulary/engine.ts';
import { type PlanContext, placeOfProperty } from './context.ts';
import { poolsWith } from './facts.ts';
import { fixOf, propertyOf } from './settings.ts';

/** The rules of all engines. Engines that share one report it under one name. */
export function engineRules(): readonly Rule<PlanContext>[] {
  const enginesOf = new Map<EngineRule, EngineName[]>();
  for (const name of ENGINE_NAMES) {
    for (const rule of engineProfile(name).rules) enginesOf.set(rule, [...(enginesOf.get(rule) ?? []), name]);
  }
  return [...enginesOf].map(([rule, engines]) => ruleOf(rule, engines));
}

function ruleOf(
  { name, family, severity, summary, check }: EngineRule,
  engines: readonly EngineName[],
): Rule<PlanContext> {
  return {
    name,
    family,
    severity,
    summary,
    check(context, report) {
      for (const draftPool of poolsWith(context, 'degrees')) {
        const { pool, draft, resolved } = draftPool;
        const said = resolved.spec?.pools[draft.pools.indexOf(pool)];
        if (!said || !engines.includes(pool.engine.name)) continue;
        const violation = check({ pool, deployment: draft, said });
        if (!violation) continue;
        const marked = violation.at.map((setting) => propertyOf(draftPool, setting)).find((property) => property);
        report({
          ...placeOfProperty(draftPool, marked ?? propertyOf(draftPool, 'engine.name')),
          ...(violation.severity && { severity: violation.severity }),
          message: violation.message,
          fixes: (violation.remedies ?? []).flatMap((remedy) => fixOf(context, draftPool, remedy)),
        });
      }
    },
  };
}
