/** A command with a flag and its values in each line. `variables` are names that stay variables of the shell. */
export function commandLine(words: readonly string[]): string {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || (word.startsWith('--') && lines.length > 0) || /^[\w.]+=/.test(word))
      lines.push(quoted(word));
    else lines[lines.length - 1] = `${last} ${quoted(word)}`;
  }
  return lines.join(' \\\n  ');
}

/** A word of a shell. Variables of ours and their sums stay what they are. */
export function quoted(word: string): string {
  if (/^[\w@%+=:,./-]+$/.test(word)) return word;
  if (/^\$[A-Z_]+(?::\d+)?$/.test(word) || /^\$\(\([A-Z_]+ [*+] \d+(?: [*+] \d+)?\)\)$/.test(word)) return `"${word}"`;
  return `'${word.replace(/'/g, "'\\''")}'`;
}
