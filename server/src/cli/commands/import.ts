import type { Shipped } from '../../host/shipped.ts';
import { withUnsaid } from '../../services/launches/unsaid.ts';
import { CannotRun } from '../cannotRun.ts';
import { Loader } from '../load.ts';
import { write } from '../output.ts';

/**
 * Writes the plan of a launch. What the launch does not say stands in comments above, and with `defaults` what its engine takes in
 * place of arguments that are not given. @throws CannotRun where it launches nothing.
 */
export function importLaunch(
  file: string,
  { output, defaults }: { readonly output?: string; readonly defaults?: boolean },
  shipped: Shipped,
): void {
  const named = file === '-' ? '/dev/stdin' : file;
  const loader = new Loader(shipped);
  const launch = loader.launch(named);
  if (!launch)
    throw new CannotRun(
      `${file} launches no engine that moeplan knows; it reads commands of vLLM, SGLang, TensorRT-LLM and Megatron-LM, their YAML files, compose files, manifests of Kubernetes, recipes of srt-slurm and overrides of Megatron-Bridge`,
    );
  write(defaults === true ? withUnsaid(loader.load(named)) : launch.launched.plan.text, output, [file]);
}
