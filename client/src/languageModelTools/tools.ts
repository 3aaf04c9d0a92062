import { Disposable, LanguageModelTextPart, LanguageModelToolResult, lm, Uri, workspace } from 'vscode';
import { type BaseLanguageClient, RequestType } from 'vscode-languageclient';
import { oneLine } from '../../../server/src/text/visible.ts';
import { Requests } from '../requests.ts';
import { readInput, type ToolInput } from './input.ts';

interface Finding {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly severity: string;
  readonly rule: string;
  readonly message: string;
}

const check = new RequestType<{ uri: string; name: string }, readonly Finding[] | null, void>('moeplan/check');
const compare = new RequestType<{ uri: string; deployments?: readonly string[] }, string | null, void>(
  'moeplan/compare',
);

const NOT_COMPUTED = 'Nothing of the plan can be computed; the tool moeplan_check says why.';

/** Tools for the editor's language models. Editors before 1.95 have none, and everything else works there all the same. */
export function registerLanguageModelTools(client: BaseLanguageClient): Disposable {
  // The types are those of the newest editor, but `engines.vscode` allows editors in which they are missing.
  const availableModels: Partial<typeof lm> | undefined = lm;
  if (availableModels?.registerTool === undefined) return new Disposable(() => undefined);
  const requests = new Requests(client);
  const protocolUri = (plan: Uri) => client.code2ProtocolConverter.asUri(plan);
  const answers: Readonly<Record<string, (plan: Uri, input: ToolInput) => Promise<string>>> = {
    async moeplan_check(plan, { path }) {
      const findings = (await client.sendRequest(check, { uri: protocolUri(plan), name: path })) ?? [];
      const lines = findings.map(
        ({ file, line, column, severity, rule, message }) =>
          `${oneLine(file)}:${line}:${column}: ${severity}[${rule}]: ${oneLine(message)}`,
      );
      return lines.length > 0 ? lines.join('\n') : 'No problems.';
    },
    moeplan_inspect: async (plan) => (await requests.export(plan, 'report', undefined)) ?? NOT_COMPUTED,
    async moeplan_compare(plan, { deployments }) {
      const params = { uri: protocolUri(plan), ...(deployments && { deployments }) };
      return (await client.sendRequest(compare, params)) ?? NOT_COMPUTED;
    },
  };
  const { registerTool } = availableModels;
  return Disposable.from(
    ...Object.entries(answers).map(([name, answer]) =>
      registerTool<unknown>(name, {
        async invoke({ input }) {
          const read = readInput(input);
          const text = await answer(await openPlan(read.path), read);
          return new LanguageModelToolResult([new LanguageModelTextPart(text)]);
        },
      }),
    ),
  );
}

/** Opens the plan's text, because the server answers only for open documents. What is typed and not yet saved counts. */
async function openPlan(path: string): Promise<Uri> {
  for (const folder of workspace.workspaceFolders ?? []) {
    const plan = Uri.joinPath(folder.uri, path);
    try {
      await workspace.openTextDocument(plan);
      return plan;
    } catch {
      // The plan is not in this folder, but a workspace may have several.
    }
  }
  throw new Error(`The workspace has no file \`${path}\`.`);
}
