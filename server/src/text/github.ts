import { oneLine, visible } from './visible.ts';

/** The message of a workflow command of GitHub Actions. The end of the line would end it. */
export function githubMessage(text: string): string {
  return visible(text).replaceAll('%', '%25').replaceAll('\n', '%0A');
}

/** A property of a workflow command. A colon or a comma would end it. */
export function githubProperty(text: string): string {
  return oneLine(text).replaceAll('%', '%25').replaceAll(':', '%3A').replaceAll(',', '%2C');
}
