import type { FileAnalysis } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import { problemsOf } from './run.ts';

/**
 * The file behind `deployment name from "serve.sh"` starts no engine.
 *
 * A launch is a command of vLLM, SGLang, TensorRT-LLM or Megatron, a script that holds one, a YAML file of an engine's arguments, a
 * manifest of Kubernetes, a recipe of srt-slurm, or overrides of Megatron-Bridge. Nothing of another file is read.
 *
 * ## Not so
 * ```moeplan
 * deployment prod from "README.md" { cluster = two-nodes, workload = long-batch }
 * ```
 *
 * ## But so
 * ```moeplan
 * deployment prod from "serve.sh" { cluster = two-nodes, workload = long-batch }
 * ```
 *
 * ## How to fix it
 * Correct the path. If the file starts its engine through another script, name that one.
 */
export const launchesNothing: Rule<FileAnalysis> = {
  name: 'launches-nothing',
  family: 'names',
  severity: 'error',
  summary: 'The file that a deployment is read from starts no engine.',
  check(analysis, report) {
    const { uri } = analysis.source;
    for (const { path } of problemsOf(analysis, 'launches-nothing'))
      report({
        uri,
        span: path.span,
        message: `\`${path.text}\` starts no engine that moeplan knows (vLLM, SGLang, TensorRT-LLM, Megatron); give the path of a command, script, manifest or recipe that does`,
      });
  },
};
