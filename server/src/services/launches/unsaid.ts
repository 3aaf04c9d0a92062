import { engineProfile } from '../../engines/index.ts';
import { unsaidArguments } from '../../launch/write/unsaid.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import { code, join, type Markdown, md } from '../../text/markdown.ts';
import { oneLine } from '../../text/visible.ts';
import type { Analysis } from '../analysis.ts';

/** An argument that a launch leaves out, and the value that its engine takes. */
export interface Unsaid {
  /** The pool's name; undefined where a deployment has one alone. */
  readonly pool: string | undefined;
  /** As the engine's documentation writes it: `gpu-memory-utilization`. */
  readonly argument: string;
  readonly value: string;
}

/** What a deployment leaves to its engines of all that decides memory or speed. */
export function unsaidOf({ deployment, spec }: ResolvedDeployment): readonly Unsaid[] {
  if (!deployment || !spec || deployment.workload.kind !== 'serving') return [];
  return deployment.pools.flatMap((pool, index): readonly Unsaid[] => {
    const { launch } = engineProfile(pool.engine.name);
    const said = spec.pools[index];
    if (!launch || !said) return [];
    return unsaidArguments(deployment, pool, said, launch).map(({ name, value }) => ({
      pool: deployment.pools.length > 1 ? pool.name : undefined,
      argument: name,
      value: typeof value === 'string' ? value : JSON.stringify(value),
    }));
  });
}

/** The same as a line for each pool. Undefined where nothing is left out. */
export function unsaidMarkdown(resolved: ResolvedDeployment): Markdown | undefined {
  const unsaid = unsaidOf(resolved);
  if (unsaid.length === 0) return undefined;
  const pools = [...new Set(unsaid.map(({ pool }) => pool))];
  const lines = pools.map((pool) => {
    const own = unsaid.filter((one) => one.pool === pool);
    const values = join(
      own.map(({ argument, value }) => code(`${argument} ${value}`)),
      ', ',
    );
    return pool === undefined ? md`Left to the engine: ${values}.` : md`Left to the engine of ${pool}: ${values}.`;
  });
  return join(lines, '\n\n');
}

/** The plan of a launch with what it leaves to its engines in the comments above it, once for all deployments that leave the same. */
export function withUnsaid(analysis: Analysis): string {
  const sections = new Map<string, string[]>();
  for (const resolved of analysis.plan.deployments) {
    const lines = unsaidOf(resolved).map(
      ({ pool, argument, value }) => `//   ${pool === undefined ? '' : `${pool}: `}${argument} ${oneLine(value)}`,
    );
    if (lines.length === 0) continue;
    const section = lines.join('\n');
    sections.set(section, [...(sections.get(section) ?? []), resolved.name]);
  }
  const isOne = analysis.plan.deployments.length === 1;
  const added = [...sections].map(
    ([lines, names]) => `// Left to the engine${isOne ? '' : ` by ${names.join(', ')}`}, which takes:\n${lines}\n`,
  );
  const { text } = analysis.source;
  const heading = /^(?:\/\/[^\n]*\n)*/.exec(text)?.[0] ?? '';
  return `${heading}${added.join('')}${text.slice(heading.length)}`;
}
