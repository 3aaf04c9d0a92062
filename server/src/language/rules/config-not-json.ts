import type { FileAnalysis } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import { problemsOf } from './run.ts';

/**
 * The file behind `model name from "config.json"` is no JSON object.
 *
 * A Hugging Face config is one JSON object. Nothing of a file that is not is read, so the model has only what stands
 * in its braces. `NaN` and `Infinity`, which Python writes, are understood.
 *
 * ## Not so
 * ```moeplan
 * model mixtral from "README.md"
 * ```
 *
 * ## But so
 * ```moeplan
 * model mixtral from "config.json"
 * ```
 *
 * ## How to fix it
 * Correct the path, or the JSON: the message says what is wrong with it, and in which line. Comments and trailing commas are no JSON.
 */
export const configNotJson: Rule<FileAnalysis> = {
  name: 'config-not-json',
  family: 'names',
  severity: 'error',
  summary: 'A model config is no JSON object.',
  check(analysis, report) {
    const { uri } = analysis.source;
    for (const { path, reason, file } of problemsOf(analysis, 'config-not-json')) {
      const message =
        file === undefined
          ? `\`${path.text}\` is no JSON object: ${reason}; give the path of a config.json`
          : `\`${file}\` of the checkpoint \`${path.text}\` is no JSON object: ${reason}; correct it`;
      report({ uri, span: path.span, message });
    }
  },
};
