import type { Rule } from '../../language/diagnostic.ts';
import type { PlanContext } from './context.ts';

/** The rules of dimensions, graph, GPUs and experts. */
export const PLAN_RULES: readonly Rule<PlanContext>[] = [];
