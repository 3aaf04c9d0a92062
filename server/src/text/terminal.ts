import { visible } from './visible.ts';

/**
 * Everything that the command line writes for people. Its own texts hold no terminal codes, so every control character comes from
 * a plan, a path or an argument, and is shown instead of obeyed.
 */
export function terminalText(text: string): string {
  return visible(text);
}
