import type { Evaluation } from '../../cost/evaluation.ts';
import { memoryFigure, memoryParts, partFigure, usedShare } from '../../cost/figures/memory.ts';
import { labelOf } from '../../cost/figures/quantities.ts';
import { stepFigures } from '../../cost/figures/step.ts';
import { formatBand, formatFigure } from '../../cost/format.ts';
import { Folding } from '../../graph/folding.ts';
import { addMachines, heldText } from '../../graph/machines.ts';
import { MEMORY_SEGMENTS } from '../../graph/memorySegments.ts';
import { MEMORY_LABELS } from '../../graph/palette.ts';
import type { Dag, DagNode, PoolAtWork, PoolLinks } from '../../graph/types.ts';
import type { Fact } from '../operationFacts.ts';
import { stepName } from '../stepLabel.ts';
import { previewTraffic } from './traffic.ts';
import type { TrafficLevel } from './trafficProtocol.ts';

/** The closed pools of a deployment with their machines; nothing where there are not several pools. */
export function machinesDag(evaluation: Evaluation): Dag | undefined {
  const { pools } = evaluation.deployment;
  const folding = new Folding(evaluation, { opened: [], closed: pools.map(({ name }) => `pool ${name}`) });
  if (!folding.isOfMachines) return undefined;
  const dag = folding.dag();
  addMachines(dag, evaluation, poolsAtWork(evaluation));
  return dag;
}

/** The first step of each pool, and what its GPUs send each other in it, by kind of link, as the Traffic view tells it. */
export function poolsAtWork(evaluation: Evaluation): readonly PoolAtWork[] {
  const traffic = previewTraffic(evaluation);
  return evaluation.prediction.pools.flatMap((prediction, index) => {
    const {
      pool,
      steps: [step],
    } = prediction;
    const shown = step && traffic.find(({ id }) => id === `${index}/${step.phase}`);
    if (!step || !shown) return [];
    const links = shown.levels.filter(({ bytes }) => bytes > 0).map((level) => linksOf(shown.label, level));
    return [
      {
        pool: pool.name,
        step: `${stepName(step)} ${formatFigure(stepFigures(evaluation, prediction, step).step)}`,
        links,
      },
    ];
  });
}

function linksOf(step: string, level: TrafficLevel): PoolLinks {
  const { label, bytesText, perGpuText, bandwidthText, busyText, wireText, most } = level;
  return {
    label,
    amount: `${bytesText}, ${busyText} busy`,
    facts: [
      ['Step', step],
      [labelOf('bytesPerStep'), bytesText],
      ['Busiest GPU', perGpuText],
      ['Bandwidth', bandwidthText],
      [labelOf('linkBusy'), busyText],
      [labelOf('linkWire'), wireText],
      ...(most === undefined ? [] : [['Most of it', most] as const]),
    ],
  };
}

/** What a GPU holds, for hovers and the pane beside the picture. */
export function heldFacts(node: DagNode): readonly Fact[] {
  const { held } = node;
  if (!held) return [];
  const { memory, machine, type } = held;
  const parts = memoryParts(memory);
  const band = formatBand(memoryFigure(memory));
  return [
    ['Memory in use', `${heldText(memory)}, ${formatFigure(usedShare(memory))}`],
    ...(band === undefined ? [] : [['Band', band] as const]),
    ...MEMORY_SEGMENTS.flatMap(([part, name]): Fact[] => {
      const bytes = parts[part] ?? 0;
      return bytes > 0 ? [[MEMORY_LABELS[name], formatFigure(partFigure(bytes))]] : [];
    }),
    ['Machine', machine],
    ['Type', type],
  ];
}
