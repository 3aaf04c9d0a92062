import { engineCommands, workerOf } from '../commands.ts';
import type { LaunchForm, Locate } from '../launch.ts';

/** A script or a command line: `vllm serve ...`, `python -m sglang.launch_server ...`, `trtllm-serve ...`, `docker run ...`. */
export const script: LaunchForm = {
  name: 'a shell command',
  read(file, beside) {
    const locate: Locate = (start, end) => ({ uri: file.uri, span: { start, end } });
    const commands = engineCommands({ text: file.text, locate, file }, beside);
    const workers = commands.map(workerOf);
    const [prefill, decode] = (['prefill', 'decode'] as const).map((part) => workers.find(({ role }) => role === part));
    const notes = commands.flatMap((command) => command.notes);
    // A script that starts both halves is one deployment; other commands are alternatives or steps of one another.
    if (prefill && decode) return [{ workers: [prefill, decode], notes }];
    return commands.map((command) => ({ workers: [workerOf(command)], notes: command.notes }));
  },
};
