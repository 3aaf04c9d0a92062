import type { FileAnalysis } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import { fix, problemsOf } from './run.ts';

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
    for (const { path, most } of problemsOf(analysis, 'too-many-files'))
      report({
        uri,
        span: path.span,
        message: `with all that they import the imports of this file are more than ${most} files, and no more are read: import fewer`,
      });
    for (const { path } of problemsOf(analysis, 'folder-without-config'))
      report({
        uri,
        span: path.span,
        message: `the folder \`${path.text}\` holds no \`config.json\`; write the path of a checkpoint's folder, or of its config`,
      });
    for (const { path, node, meant } of problemsOf(analysis, 'import-not-found')) {
      if (meant !== undefined && node.kind === 'block' && node.name && !node.base) {
        const span = { start: node.name.span.end, end: path.span.end };
        report({
          uri,
          span: path.span,
          message: `\`${path.text}\` is no file here, and nothing is fetched: \`extends ${meant}\` is that model, or write the path of its config.json`,
          fixes: [fix(`Write \`extends ${meant}\``, uri, span, ` extends ${meant}`)],
        });
        continue;
      }
      const isOfHub = node.kind === 'block' && node.from === path && /^[\w-]+\/[\w.-]+$/.test(path.text);
      const isConfig = node.kind === 'import' && /\.json$/i.test(path.text);
      const message = isConfig
        ? `an import reads \`.moeplan\` files; write \`model name from ${JSON.stringify(path.text)}\` to read a config`
        : path.text === ''
          ? 'expected a path between the quotes, for example `"./models.moeplan"`'
          : isOfHub && !/\.json$/i.test(path.text)
            ? `\`${path.text}\` is no file here, and nothing is fetched: write the path of a config.json`
            : `\`${path.text}\` was not found from this file's folder; correct the path or create the file`;
      report({ uri, span: path.span, message });
    }
  },
};
