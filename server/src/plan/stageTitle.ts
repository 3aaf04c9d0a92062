/** `stage front`. A stage without a name of its own is already called `stage-0`. */
export function stageTitle(name: string): string {
  return /^stage\b/.test(name) ? name : `stage ${name}`;
}
