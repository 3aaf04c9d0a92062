import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Shipped } from '../../host/shipped.ts';
import type { EngineName } from '../../language/vocabulary/engine.ts';
import type { WrittenFormName } from '../../launch/write/forms/index.ts';
import { deploymentNamed } from '../../services/analysis.ts';
import { writtenLaunch } from '../../services/launches/written.ts';
import { CannotRun, reasonOf } from '../cannotRun.ts';
import { evaluationNamed, filesOf, Loader } from '../load.ts';
import { writeFiles } from '../output.ts';

/** What the command line says of the files. */
export interface LaunchOptions {
  readonly deployment?: string;
  readonly output?: string;
  readonly for?: WrittenFormName;
  readonly engine?: EngineName;
  readonly engineVersion?: string;
}

/**
 * Writes the files that start a deployment, one after another to standard output or each into a folder. @throws CannotRun where
 * there is no such deployment, or its engine would refuse it.
 */
export function launchFiles(file: string, options: LaunchOptions, shipped: Shipped): void {
  const analysis = new Loader(shipped).load(file);
  const { deployment } = evaluationNamed(analysis, file, options.deployment);
  const resolved = deploymentNamed(analysis, deployment.name);
  const written =
    resolved &&
    writtenLaunch(analysis, resolved, {
      ...(options.for && { form: options.for }),
      ...(options.engine && { engine: options.engine }),
      ...(options.engineVersion !== undefined && { version: options.engineVersion }),
    });
  if (!written) throw new CannotRun(`${file} has no deployment ${deployment.name}`);
  if ('refused' in written) throw new CannotRun(`deployment \`${deployment.name}\` is not written: ${written.refused}`);
  const { files } = written;
  if (options.output === undefined) {
    for (const { name, text } of files) process.stdout.write(files.length > 1 ? `# ==== ${name}\n${text}\n` : text);
    return;
  }
  const folder = options.output;
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new CannotRun(`cannot write to ${folder}: ${reasonOf(error)}`);
  }
  writeFiles(
    files.map(({ name, text }) => ({ file: join(folder, name), content: text })),
    filesOf(file, analysis),
  );
}
