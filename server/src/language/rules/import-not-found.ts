import type { FileAnalysis } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import { problemsOf } from './run.ts';

/**
 * The path of an import or of `from` leads to no file. Paths start from the folder of the file that holds them.
 *
 * Names that the missing file might define are not reported on top of this.
 *
 * ## Not so
 * ```moeplan
 * import "./modles.moeplan"
 * ```
 *
 * ## But so
 * ```moeplan
 * import "./models.moeplan"
 * ```
 *
 * ## How to fix it
 * Correct the path, or create the file. `import` reads `.moeplan` files only; a Hugging Face config is read with
 * `model name from "config.json"`.
 */
export const importNotFound: Rule<FileAnalysis> = {
  name: 'import-not-found',
  family: 'names',
  severity: 'error',
  summary: 'A path leads to no file.',
  check(analysis, report) {
    const { uri } = analysis.source;
    for (const { path, node } of problemsOf(analysis, 'import-not-found')) {
      const isConfig = node.kind === 'import' && /\.json$/i.test(path.text);
      const message = isConfig
        ? `an import reads \`.moeplan\` files; write \`model name from ${JSON.stringify(path.text)}\` to read a config`
        : path.text === ''
          ? 'expected a path between the quotes, for example `"./models.moeplan"`'
          : `\`${path.text}\` was not found from this file's folder; correct the path or create the file`;
      report({ uri, span: path.span, message });
    }
  },
};
