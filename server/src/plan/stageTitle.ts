/** `stage front`; those without a name of their own are called `stage-0` already. */
export function stageTitle(name: string): string {
  return /^stage\b/.test(name) ? name : `stage ${name}`;
}
