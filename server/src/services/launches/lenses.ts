import { cacheFigures } from '../../cost/figures/memory.ts';
import { formatFigure } from '../../cost/format.ts';
import type { Span } from '../../language/span.ts';
import { type Analysis, deploymentNamed } from '../analysis.ts';
import { type CodeLens, codeLenses } from '../annotations/codeLens.ts';
import type { LaunchDocument } from './launches.ts';

/** A line of text above a command. A click opens its plan, and the view of its preview where it names one. */
export type LaunchLens = Pick<CodeLens, 'span' | 'title' | 'tooltip' | 'deployment' | 'view'>;

/** Recipes of a sweep hold very many. Those that are left out have their findings and hovers all the same. */
const MOST_AT_ONE_PLACE = 4;

/**
 * Above each command what its deployment comes to: whether it fits, the tokens of its cache, how fast it is. Several deployments of
 * one place have a lens each.
 */
export function launchLenses({ file, launched }: LaunchDocument, plan: Analysis): readonly LaunchLens[] {
  const ofPlan = new Map<string, CodeLens[]>();
  for (const lens of codeLenses(plan)) ofPlan.set(lens.deployment, [...(ofPlan.get(lens.deployment) ?? []), lens]);
  const places = new Map<number, { readonly span: Span; readonly deployments: string[] }>();
  const placed = new Set<string>();
  for (const { worker, deployment } of launched.workers) {
    if (worker.place.uri !== file.uri) continue;
    const { span } = worker.place;
    const place = places.get(span.start) ?? { span, deployments: [] };
    places.set(span.start, place);
    if (!placed.has(deployment)) place.deployments.push(deployment);
    placed.add(deployment);
  }
  return [...places.values()].flatMap(({ span, deployments }): readonly LaunchLens[] => {
    const isOne = deployments.length === 1;
    const shown = deployments.slice(0, MOST_AT_ONE_PLACE);
    const lenses = shown.flatMap((deployment): readonly LaunchLens[] => {
      const own = (ofPlan.get(deployment) ?? []).filter(({ title }) => title !== 'Compare');
      const summaries = own.filter(({ title }) => title !== 'Preview');
      if (!isOne)
        return summaries.slice(0, 1).map((lens) => ({ ...lens, span, title: `${deployment}: ${lens.title}` }));
      const [fit, ...others] = summaries.map((lens) => ({ ...lens, span }));
      return [...(fit ? [fit] : []), ...cacheLens(plan, deployment, span), ...others];
    });
    const [first] = deployments;
    return first === undefined ? [] : [...lenses, { span, title: 'Open as plan', deployment: first }];
  });
}

/** Tokens of the cache of each pool, as its engine will log them. */
function cacheLens(plan: Analysis, deployment: string, span: Span): readonly LaunchLens[] {
  const resolved = deploymentNamed(plan, deployment);
  const pools = resolved?.deployment?.pools ?? [];
  const memory = (resolved && plan.sizesOf(resolved)?.memory) ?? [];
  const texts = pools.flatMap((pool, index) => {
    const startup = memory[index]?.startup;
    const tokens = startup && cacheFigures(pool.engine.name, startup).tokens;
    return tokens ? [pools.length > 1 ? `${pool.name} ${formatFigure(tokens)}` : formatFigure(tokens)] : [];
  });
  if (texts.length === 0) return [];
  const tooltip = 'Tokens that the KV cache of a rank holds, as the engine will log them: open the memory of all';
  return [{ span, deployment, title: `KV cache: ${texts.join(', ')}`, tooltip, view: 'memory' }];
}
