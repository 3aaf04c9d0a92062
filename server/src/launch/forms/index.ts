import type { LaunchForm } from '../launch.ts';
import { compose } from './compose.ts';
import { engineConfig } from './engineConfig.ts';
import { kubernetes } from './kubernetes.ts';
import { overrides } from './overrides.ts';
import { script } from './script.ts';
import { srtSlurm } from './srtSlurm.ts';

/** Every form in which launches are read. The first that finds one in a file counts. */
export const LAUNCH_FORMS: readonly LaunchForm[] = [srtSlurm, kubernetes, compose, engineConfig, overrides, script];
