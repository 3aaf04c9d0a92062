import type { WrittenForm } from '../form.ts';
import { dynamo } from './dynamo.ts';
import { kubernetes, llmD } from './kubernetes.ts';
import { shell } from './shell.ts';
import { srtSlurm } from './srtSlurm.ts';

/** Every form in which launches are written, by the name that `--for` takes. */
export const WRITTEN_FORMS = {
  shell,
  kubernetes,
  'llm-d': llmD,
  dynamo,
  'srt-slurm': srtSlurm,
} as const satisfies Readonly<Record<string, WrittenForm>>;

export type WrittenFormName = keyof typeof WRITTEN_FORMS;

export function isWrittenForm(name: string): name is WrittenFormName {
  return Object.hasOwn(WRITTEN_FORMS, name);
}
