import { decodePart } from '../text/fileName.ts';

/** The relative path from one file to another as `import` writes it: `./models.moeplan`; undefined between different roots. */
export function relativePath(fromUri: string, toUri: string): string | undefined {
  if (!URL.canParse(fromUri) || !URL.canParse(toUri)) return undefined;
  const [from, to] = [new URL(fromUri), new URL(toUri)];
  if (from.protocol !== to.protocol || from.host !== to.host) return undefined;
  const [source, target] = [from.pathname.split('/'), to.pathname.split('/')];
  let common = 0;
  while (common < source.length - 1 && common < target.length - 1 && source[common] === target[common]) common++;
  const up = source.length - 1 - common;
  const path = target.slice(common).map(decodePart).join('/');
  return up === 0 ? `./${path}` : '../'.repeat(up) + path;
}
