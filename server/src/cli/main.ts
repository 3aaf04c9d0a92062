import { onMistake } from '../host/lastResort.ts';
import { codeOf } from '../host/readFile.ts';
import { shippedBeside } from '../host/shipped.ts';
import { reasonOf } from './cannotRun.ts';
import { COULD_NOT_RUN, run, tellInternalError } from './program.ts';
import { tell } from './tell.ts';

onMistake((error) => process.exit(tellInternalError(error)));
process.stdout.on('error', (error) => {
  // A reader that has seen enough (`moeplan check ... | head`) closes the pipe, and nobody needs the rest.
  if (codeOf(error) === 'EPIPE') return;
  tell(`cannot write to standard output: ${reasonOf(error)}`);
  process.exit(COULD_NOT_RUN);
});
// If standard error fails, there is nobody left to tell.
process.stderr.on('error', () => undefined);
process.exitCode = await run(process.argv.slice(2), shippedBeside(process.argv[1] ?? ''));
