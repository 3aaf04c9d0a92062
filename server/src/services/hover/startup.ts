import type { Startup } from '../../cost/evaluation.ts';
import { cacheFigures, partFigure } from '../../cost/figures/memory.ts';
import { formatFigure, formatWithBand } from '../../cost/format.ts';
import { whyNotStarted } from '../../cost/rules/will-not-start.ts';
import { engineProfile } from '../../engines/index.ts';
import type { BlockNode } from '../../language/tree.ts';
import type { Pool } from '../../plan/deployment.ts';
import { bold, fence, type Markdown, md, paragraphs, table } from '../../text/markdown.ts';
import type { Analysis } from '../analysis.ts';
import { type Subject, subjectOf } from '../subject.ts';

/** What the engine of a pool will say of its memory at start-up, in its own words, and the account that leads there. */
export function startupText(pool: Pool, startup: Startup): Markdown {
  const { account, tokens, start } = startup;
  const figures = cacheFigures(pool.engine.name, startup);
  const { title, memory } = engineProfile(pool.engine.name);
  const { version, maxContext } = pool.engine;
  const name = version === undefined ? title : `${title} ${version}`;
  const { cacheBytes } = account;
  const lines = memory.log({
    cacheBytes,
    ...(tokens !== undefined && { tokens }),
    ...(maxContext !== undefined && { maxContext }),
  });
  const rows = account.lines.map(({ text, bytes }) => [text, signed(bytes)]);
  return paragraphs(
    start.ok ? bold(`${name} will log:`) : md`${bold(whyNotStarted(pool, start))}. Without that refusal it would log:`,
    cacheBytes > 0 && fence(lines.join('\n'), 'text'),
    table(
      ['On a GPU', ''],
      [...rows, [bold('KV cache'), bold(cacheBytes > 0 ? formatWithBand(figures.cache) : signed(cacheBytes))]],
      ['left', 'right'],
    ),
    figures.tokens?.band !== undefined &&
      md`Of start-up logs of ${title} 80 % lie in the band: ${formatWithBand(figures.tokens)}.`,
    pool.parallel.dp > 1 && md`Each of the ${String(pool.parallel.dp)} data parallel ranks says so of its own cache.`,
  );
}

function signed(bytes: number): string {
  const amount = formatFigure(partFigure(Math.abs(bytes)));
  return bytes < 0 ? `-${amount}` : amount;
}

/** What the engines of a subject's pools will say at start-up; nothing for a plan that does not serve. */
export function startupsOf({ sizes, pools, draft }: Subject): Markdown | undefined {
  const texts = pools.flatMap(({ pool, index }) => {
    const startup = sizes?.memory[index]?.startup;
    if (!startup) return [];
    return draft.pools.length > 1 ? [bold(pool.name), startupText(pool, startup)] : [startupText(pool, startup)];
  });
  return texts.length === 0 ? undefined : paragraphs(...texts);
}

/** On `engine`: what it will say at start-up. */
export function engineHover(analysis: Analysis, blocks: readonly BlockNode[]): Markdown | undefined {
  const subject = subjectOf(analysis, blocks);
  return subject && startupsOf(subject);
}
