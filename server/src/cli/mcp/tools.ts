import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { array, string } from 'zod';
import { findingsOf, shownDiagnostics } from '../../services/findings/placed.ts';
import { comparisonOf, comparisonText } from '../../services/outputs/comparison.ts';
import { inspect } from '../../services/outputs/inspect.ts';
import { report } from '../../services/outputs/report.ts';
import { oneLine } from '../../text/visible.ts';
import { CannotRun } from '../cannotRun.ts';
import { checkedPlan } from '../commands/check.ts';
import { comparedEvaluations } from '../commands/compare.ts';
import { toText } from '../formats/text.ts';
import { evaluationNamed, refuseUnread } from '../load.ts';
import type { Plans } from './plans.ts';

const plan = {
  text: string().optional().describe('The plan itself, in the language of the resource moeplan://language.'),
  path: string().optional().describe('A .moeplan file, as a path from the working folder. Give this or `text`.'),
};

const READS_ONLY = { readOnlyHint: true, idempotentHint: true, openWorldHint: false } as const;

/**
 * Registers the tools. They answer with the command line's JSON as structured content, and with a text for clients that read only
 * text.
 */
export function registerTools(server: McpServer, plans: Plans): void {
  server.registerTool(
    'check',
    {
      title: 'Check a plan',
      description:
        'Reports what is wrong with a plan of how a mixture-of-experts model is laid over GPUs: syntax, dimensions, GPUs, experts, memory and claims that the plan does not meet. Structured content: schemas/check.schema.json.',
      inputSchema: plan,
      annotations: READS_ONLY,
    },
    (args) =>
      answer(() => {
        const { analysis, name } = plans.load(args);
        const diagnostics = shownDiagnostics(analysis);
        return {
          text: toText([checkedPlan(name, analysis, diagnostics)]),
          json: { diagnostics: findingsOf(analysis.source, name, diagnostics) },
        };
      }),
  );
  server.registerTool(
    'inspect',
    {
      title: 'Inspect a plan',
      description:
        'Computes memory per GPU, parameters, throughput, latency, TTFT, TPOT and the bottleneck of each deployment of a plan. The text is the written analysis of the whole file; structured content: schemas/inspect.schema.json, in bytes, seconds and tokens per second.',
      inputSchema: { ...plan, deployment: string().optional().describe('Only this deployment; all when left out.') },
      annotations: READS_ONLY,
    },
    ({ deployment, ...args }) =>
      answer(() => {
        const { analysis, name } = plans.load(args);
        refuseUnread(analysis);
        if (deployment !== undefined) evaluationNamed(analysis, name, deployment);
        return { text: report(analysis), json: { ...inspect(analysis, deployment) } };
      }),
  );
  server.registerTool(
    'compare',
    {
      title: 'Compare deployments',
      description:
        'Compares deployments of one plan side by side: throughput, latency, memory, bubble, communication, price. Structured content: schemas/compare.schema.json.',
      inputSchema: {
        ...plan,
        deployments: array(string()).optional().describe('Names of deployments; all when left out.'),
      },
      annotations: READS_ONLY,
    },
    ({ deployments = [], ...args }) =>
      answer(() => {
        const { analysis, name } = plans.load(args);
        refuseUnread(analysis);
        const evaluations = comparedEvaluations(analysis, name, deployments);
        return { text: comparisonText(evaluations), json: { ...comparisonOf(evaluations) } };
      }),
  );
}

/** Runs a tool. What cannot be done is an answer too, so that the assistant learns why and can ask again. */
function answer(work: () => { readonly text: string; readonly json: Record<string, unknown> }): CallToolResult {
  try {
    const { text, json } = work();
    return { content: [{ type: 'text', text }], structuredContent: json };
  } catch (error) {
    if (!(error instanceof CannotRun)) throw error;
    return { content: [{ type: 'text', text: oneLine(error.message) }], isError: true };
  }
}
