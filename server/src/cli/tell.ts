import { terminalText } from '../text/terminal.ts';

/** Says a line on standard error: one way for all, because names of files and words of arguments may steer a terminal. */
export function tell(line: string): void {
  process.stderr.write(terminalText(`moeplan: ${line}\n`));
}
