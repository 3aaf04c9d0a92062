import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The sentences of the client that `l10n.t` translates, in the order of the alphabet. Its first argument is the sentence
 * itself, a literal: what is put together cannot be looked up.
 *
 * @throws an Error that names the file where a first argument is no literal in single quotes.
 */
export function clientMessages(root: string): readonly string[] {
  const folder = join(root, 'client/src');
  const messages = new Set<string>();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
    if (!name.endsWith('.ts')) continue;
    const text = readFileSync(join(folder, name), 'utf8');
    const found = [...text.matchAll(/\bl10n\.t\(\s*'((?:[^'\\\n]|\\.)*)'/g)];
    if (found.length !== (text.match(/\bl10n\.t\(/g)?.length ?? 0))
      throw new Error(`client/src/${name}: the first argument of \`l10n.t\` must be a literal in single quotes`);
    for (const [, message = ''] of found) messages.add(message.replaceAll("\\'", "'"));
  }
  return [...messages].sort();
}
