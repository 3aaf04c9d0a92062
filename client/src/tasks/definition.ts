/** What a task of type `moeplan` does; the manifest describes its properties. */
export type PlanTask =
  | { readonly command: 'check'; readonly file?: string }
  | { readonly command: 'report'; readonly file: string };

/** Reads a definition from tasks.json, which anyone may have written; undefined if it does not say enough. */
export function readTask(definition: object): PlanTask | undefined {
  const command = 'command' in definition ? definition.command : undefined;
  const file =
    'file' in definition && typeof definition.file === 'string' && definition.file !== '' ? definition.file : undefined;
  if (command === 'check') return { command, ...(file !== undefined && { file }) };
  return command === 'report' && file !== undefined ? { command, file } : undefined;
}

/** The arguments of the command line. `--` keeps a file from being taken for an option. */
export function taskArguments({ command, file }: PlanTask): readonly string[] {
  if (file === undefined) return [command, '.'];
  const output = command === 'report' ? ['--output', file.replace(/(?:\.moeplan)?$/, '.report.md')] : [];
  return [command, ...output, '--', file];
}
