/**
 * Runs one command and ends the whole process tree with its own parent.
 *
 * VS Code's server starts a host per window, a watcher and a terminal host, and all of them would
 * outlive a test run that was killed outright, since a killed process runs no clean-up of its own.
 * This process sits between: its standard input is a pipe that only the parent holds, so the pipe's
 * end means that the parent is gone, however it went. It is the leader of a process group of its
 * own, so one signal reaches everything below it.
 *
 * Usage: node supervise.ts COMMAND [ARGUMENT...]
 */
import { spawn, spawnSync } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
if (command === undefined) throw new Error('usage: node supervise.ts COMMAND [ARGUMENT...]');

const child = spawn(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });

function endTree(): void {
  if (process.platform === 'win32') {
    spawnSync('taskkill', ['/PID', String(process.pid), '/T', '/F'], { stdio: 'ignore' });
    return;
  }
  // Signal our own group: the command and all that it started, then this process.
  process.kill(-process.pid, 'SIGKILL');
}

child.on('error', (error) => {
  process.stderr.write(`cannot start ${command}: ${error.message}\n`);
  process.exit(127);
});
child.on('exit', (code) => process.exit(code ?? 1));
process.stdin.on('end', endTree);
process.stdin.resume();
