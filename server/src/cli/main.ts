import { shippedBeside } from '../host/shipped.ts';
import { run } from './program.ts';

// A reader that has seen enough (`moeplan check ... | head`) closes the pipe: that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
process.exitCode = await run(process.argv.slice(2), shippedBeside(process.argv[1] ?? ''));
