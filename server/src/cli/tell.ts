import { oneLine } from '../text/visible.ts';

/**
 * Writes a line to standard error. All messages go through here, because names of files and words of arguments may hold control
 * characters, or a line break that makes another message seem to follow.
 */
export function tell(line: string): void {
  process.stderr.write(`${oneLine(`moeplan: ${line}`)}\n`);
}
