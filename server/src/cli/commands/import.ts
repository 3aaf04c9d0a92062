import type { Shipped } from '../../host/shipped.ts';
import { CannotRun } from '../cannotRun.ts';
import { Loader } from '../load.ts';
import { write } from '../output.ts';

/** Writes the plan of a launch. What the launch does not say stands in comments above. @throws CannotRun where it launches nothing. */
export function importLaunch(file: string, output: string | undefined, shipped: Shipped): void {
  const named = file === '-' ? '/dev/stdin' : file;
  const launch = new Loader(shipped).launch(named);
  if (!launch)
    throw new CannotRun(
      `${file} launches no engine that moeplan knows; it reads commands of vLLM, SGLang, TensorRT-LLM and Megatron-LM, their YAML files, compose files, manifests of Kubernetes, recipes of srt-slurm and overrides of Megatron-Bridge`,
    );
  write(launch.launched.plan.text, output, [file]);
}
