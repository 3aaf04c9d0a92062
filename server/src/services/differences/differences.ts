import type { Evaluation } from '../../cost/evaluation.ts';
import { fullestGpu } from '../../cost/figures/figures.ts';
import { memoryParts, partFigure } from '../../cost/figures/memory.ts';
import { changeBetween, formatChange, formatFigure } from '../../cost/format.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import type { Analysis } from '../analysis.ts';
import { changedRows } from '../changes.ts';
import type { Differences } from '../preview/differencesProtocol.ts';
import type { ChangedRow } from '../preview/whatIfProtocol.ts';
import { movedExperts } from './experts.ts';
import { changedPart } from './graph.ts';
import { changedProperties } from './properties.ts';

/** One side of a comparison: a deployment of an analysis, with its name to show. */
export interface Side {
  readonly title: string;
  readonly analysis: Analysis;
  readonly resolved: ResolvedDeployment;
}

/** What differs between two deployments, of one text or of two, or a sentence that says why they cannot be compared. */
export function differencesOf(before: Side, after: Side): Differences | string {
  const [old, fresh] = [evaluationOf(before), evaluationOf(after)];
  if (typeof old === 'string') return old;
  if (typeof fresh === 'string') return fresh;
  return {
    before: before.title,
    after: after.title,
    picture: changedPart(old, fresh),
    properties: changedProperties(before.resolved, after.resolved),
    figures: changedRows(old, fresh),
    memory: memoryRows(old, fresh),
    experts: movedExperts(old.deployment, fresh.deployment),
    limits: { before: old.prediction.bottleneck.text, after: fresh.prediction.bottleneck.text },
  };
}

function evaluationOf({ title, analysis, resolved }: Side): Evaluation | string {
  return (
    analysis.evaluationOf(resolved) ??
    `${title} cannot be computed: ${resolved.invalid ?? 'its model, cluster or workload is not known'}`
  );
}

/** The parts of the fullest GPU's memory that at least one side has. */
function memoryRows(before: Evaluation, after: Evaluation): readonly ChangedRow[] {
  const [was, is] = [memoryParts(fullestGpu(before)), memoryParts(fullestGpu(after))];
  const total = (parts: Readonly<Record<string, number>>) =>
    Object.values(parts).reduce((sum, bytes) => sum + bytes, 0);
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const rows = names.map((name) => memoryRow(name, was[name] ?? 0, is[name] ?? 0));
  return [...rows, memoryRow('in all', total(was), total(is))].filter((row) => row !== undefined);
}

function memoryRow(label: string, before: number, after: number): ChangedRow | undefined {
  if (before === 0 && after === 0) return undefined;
  const [was, is] = [partFigure(before), partFigure(after)];
  const [from, to] = [formatFigure(was), formatFigure(is)];
  // Amounts that are shown as equal count as equal, as with figures.
  const isSame = from === to;
  const verdict = isSame ? 'same' : after < before ? 'better' : 'worse';
  const amount = isSame ? {} : { amount: changeBetween(was, is) };
  return { label, before: from, after: to, change: isSame ? '' : formatChange(was, is), ...amount, verdict };
}
