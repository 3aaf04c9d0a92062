import { oneLine } from '../text/visible.ts';

/**
 * Says a line on standard error: one way for all, because names of files and words of arguments may steer a terminal, or
 * hold a break behind which something else seems to be said.
 */
export function tell(line: string): void {
  process.stderr.write(`${oneLine(`moeplan: ${line}`)}\n`);
}
