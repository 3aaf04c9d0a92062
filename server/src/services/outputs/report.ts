import type { Evaluation } from '../../cost/evaluation.ts';
import { checkClaims, claimText } from '../../cost/figures/claims.ts';
import { formatHeld, heldExperts } from '../../cost/figures/heldExperts.ts';
import { weightsFigure } from '../../cost/figures/memory.ts';
import { expertsFigure } from '../../cost/figures/model.ts';
import { operationFigures } from '../../cost/figures/operation.ts';
import { labelOf, type QuantityName } from '../../cost/figures/quantities.ts';
import { shownFigures } from '../../cost/figures/shown.ts';
import { gpuUtilisation } from '../../cost/figures/step.ts';
import { formatExactly, formatFigure, formatTimes, formatWithBand } from '../../cost/format.ts';
import type { Operation } from '../../cost/operation.ts';
import { expertsOf } from '../../cost/parameters/parameters.ts';
import { buildDag, defaultOptions } from '../../graph/build.ts';
import { asDrawn } from '../../graph/builder/handDrawn.ts';
import { formatShape } from '../../graph/labels.ts';
import type { SvgTheme } from '../../graph/svgPaint.ts';
import { validateDag } from '../../graph/validate.ts';
import { type Cluster, placeOf } from '../../plan/cluster.ts';
import { leftOut } from '../../plan/drawnLayer.ts';
import type { LayerClass } from '../../plan/model.ts';
import type { ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import { enumerateNames, nameGpus, nameLayers } from '../../plan/wording.ts';
import { address, bold, code, type Markdown, md, paragraphs, type Text, table } from '../../text/markdown.ts';
import type { Analysis } from '../analysis.ts';
import { diagnose } from '../findings/diagnostics.ts';
import { memoryTable } from '../hover/memoryTable.ts';
import { startupText } from '../hover/startup.ts';
import { trafficTables } from '../traffic/report.ts';
import { comparedClaims, compareRows, improvementTexts } from './compare.ts';
import { exportGraph } from './export.ts';

interface Reported {
  readonly resolved: ResolvedDeployment;
  readonly evaluation: Evaluation;
}

/** Gives the name of the file with a deployment's picture, to which the report links. */
export type PictureNames = (deployment: string) => string;

/**
 * The written analysis of a file as Markdown. Equal text gives equal bytes, because it contains no date and no path. With
 * names of pictures each deployment shows its picture, a file beside the report (`reportPictures`). Such files are shown on
 * GitHub and in editors alike, while both leave out pictures inside the text.
 */
export function report(analysis: Analysis, pictures?: PictureNames): string {
  const reported = analysis.plan.deployments.flatMap((resolved): Reported[] => {
    const evaluation = analysis.evaluationOf(resolved);
    return evaluation ? [{ resolved, evaluation }] : [];
  });
  const missing = analysis.plan.deployments.filter((resolved) => !analysis.evaluationOf(resolved));
  const text = paragraphs(
    md`# Deployment analysis`,
    analysis.plan.deployments.length === 0 && 'The file has no deployment.',
    ...missing.map((resolved) => md`Deployment ${code(resolved.name)} is left out: ${reasonOf(resolved, analysis)}.`),
    ...reported.map((deployment, index) =>
      part(deployment.resolved.name, () =>
        section(deployment, index + 1, isNamedFirst(deployment.resolved, analysis) ? pictures : undefined),
      ),
    ),
    reported.length > 1 && part('The comparison', () => comparison(reported)),
    part('The check of claims', () => claims(analysis, reported)),
    findings(analysis),
  );
  return `${text.source}\n`;
}

/**
 * Whether the deployment is the first with its name. Equal names are an error, and the picture's file can have a name only
 * once.
 */
function isNamedFirst(resolved: ResolvedDeployment, { plan }: Analysis): boolean {
  return plan.deployments.find(({ name }) => name === resolved.name) === resolved;
}

/** The pictures that a report links to, made for a page. */
export function reportPictures(
  analysis: Analysis,
  pictures: PictureNames,
  theme?: SvgTheme,
): readonly (readonly [name: string, svg: string])[] {
  return analysis.plan.deployments.flatMap((resolved) => {
    const evaluation = analysis.evaluationOf(resolved);
    return evaluation && isNamedFirst(resolved, analysis)
      ? [[pictures(resolved.name), exportGraph(evaluation, 'svg', theme ? { theme } : {})] as const]
      : [];
  });
}

/** Names for pictures beside a report: `report-baseline.svg` for `report.md`. */
export function picturesBeside(reportFile: string, format: 'svg' | 'png' = 'svg'): PictureNames {
  const base = reportFile.replace(/^.*[\\/]/, '').replace(/\.[^.]*$/, '');
  return (deployment) => `${base}-${deployment}.${format}`;
}

function reasonOf(resolved: ResolvedDeployment, analysis: Analysis): string {
  const [failure] = analysis.failureOf(resolved);
  if (failure) return `its prediction failed, which is a mistake of moeplan (${messageOf(failure.error)})`;
  return resolved.invalid ?? 'it could not be resolved';
}

/** A part of the report, or a note that writing it failed, because the other parts are still worth reading. */
function part(title: string, write: () => Text | undefined): Text | undefined {
  try {
    return write();
  } catch (error) {
    return `${title} failed, which is a mistake of moeplan: ${messageOf(error)}`;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function section({ resolved, evaluation }: Reported, number: number, pictures: PictureNames | undefined): Markdown {
  return paragraphs(
    md`## ${number}. ${resolved.name}`,
    configuration(evaluation),
    pictures && md`![Graph of ${resolved.name}](${address(pictures(resolved.name))})`,
    md`### Dimensional analysis`,
    dimensions(evaluation),
    md`### Expert division`,
    experts(evaluation),
    md`### Communication patterns`,
    communication(evaluation),
    md`### Traffic between GPUs`,
    trafficTables(evaluation),
    md`### Memory per GPU`,
    memoryTable(evaluation.memory.flatMap((pool) => pool.classes)),
    ...atStartup(evaluation),
    md`### Predicted performance`,
    performance(evaluation),
    md`### Validation`,
    validation(evaluation),
  );
}

/** What the engines will say when they start. */
function atStartup({ deployment, memory }: Evaluation): readonly Markdown[] {
  const texts = deployment.pools.flatMap((pool, index) => {
    const startup = memory[index]?.startup;
    return startup ? [startupText(pool, startup)] : [];
  });
  return texts.length === 0 ? [] : [md`### At start-up`, ...texts];
}

function configuration({ deployment, cluster }: Evaluation): Text {
  const { workload, model } = deployment;
  const work = {
    batch: () =>
      workload.kind === 'batch'
        ? `${workload.sequences} sequences of ${workload.length.toLocaleString('en-US')} tokens, one forward pass`
        : '',
    serving: () =>
      workload.kind === 'serving'
        ? `requests of ${workload.input} tokens in and ${workload.output} out, ${workload.concurrency === undefined ? `${workload.requestRate} per second` : `${workload.concurrency} at once`}`
        : '',
    training: () =>
      workload.kind === 'training'
        ? `training, ${workload.globalBatch} sequences of ${workload.length} tokens per step`
        : '',
  }[workload.kind]();
  const gpu = nameKinds(cluster, deployment.gpus);
  const rows = deployment.pools.flatMap((pool) =>
    pool.stages.map((stage) => {
      const { tp, cp, dp, etp, ep, edp } = pool.parallel;
      const name = deployment.pools.length > 1 ? `${pool.name} / ${stage.name}` : stage.name;
      return [
        name,
        nameLayers(stage.layers),
        nameGpus(stage.gpus.toSorted((a, b) => a - b)),
        `tp ${tp} x cp ${cp} x dp ${dp}`,
        `etp ${etp} x ep ${ep} x edp ${edp}`,
      ];
    }),
  );
  return paragraphs(
    `Model ${model.name} (${model.layers.length} layers, hidden ${model.hidden}, ${model.types.weights}) on ${deployment.gpus.length} of ${cluster.gpuCount} ${cluster.gpuCount === 1 ? 'GPU' : 'GPUs'} (${gpu}); ${work}.`,
    table(['Stage', 'Layers', 'GPUs', 'Attention', 'Experts'], rows),
  );
}

/** `H100-SXM`, or with numbers when several kinds are in use: `8 A100-SXM-80 and 8 H100-SXM`. */
function nameKinds(cluster: Cluster, gpus: readonly number[]): string {
  const counts = new Map<string, number>();
  for (const gpu of gpus) {
    const { name } = placeOf(cluster, gpu).group.node.gpu;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const [only] = counts.keys();
  if (counts.size === 1 && only !== undefined) return only;
  return enumerateNames([...counts].map(([name, count]) => `${count} ${name}`));
}

/** The operations of the first layer of each class: inputs, outputs and costs. */
function dimensions({ deployment, prediction }: Evaluation): Text {
  const rows = prediction.pools.flatMap(({ steps }) => {
    const seen = new Set<string>();
    return (steps[0]?.stages ?? []).flatMap((stage) =>
      stage.layers.flatMap((run) => {
        if (seen.has(run.className)) return [];
        seen.add(run.className);
        return asDrawn(run.operations).map((operation) => operationRow(run.className, operation));
      }),
    );
  });
  const operations = table(
    ['Layer', 'Operation', 'Input', 'Output', labelOf('flop'), labelOf('timePerRun'), labelOf('bound')],
    rows,
    ['left', 'left', 'left', 'left', 'right', 'right', 'left'],
  );
  return paragraphs(operations, ...deployment.model.classes.map(leftOutOf));
}

function leftOutOf(layer: LayerClass): string | undefined {
  const left = leftOut(layer);
  return left && `Layer ${layer.name} is drawn by hand; the prediction leaves out: ${left}.`;
}

function operationRow(layer: string, operation: Operation): string[] {
  const { label, input, output, flop, seconds, bound, notPredicted } = operation;
  const figures = operationFigures(operation);
  return [
    layer,
    label,
    formatShape(input),
    formatShape(output),
    flop > 0 ? formatFigure(figures.flop) : '-',
    notPredicted === undefined ? formatTimes(figures) : 'not predicted',
    seconds > 0 ? bound : '-',
  ];
}

function experts(evaluation: Evaluation): Text {
  const { deployment, memory } = evaluation;
  const routed = expertsOf(deployment.model);
  if (!routed) return 'The model has no routed experts.';
  const one = expertsFigure(deployment.model, 1);
  const rows = deployment.pools.flatMap((pool, index) =>
    (memory[index]?.classes ?? []).map(({ gpuClass, expertBytes }) => {
      return [
        nameGpus(gpuClass.gpus.toSorted((a, b) => a - b)),
        formatHeld(heldExperts(gpuClass)),
        pool.parallel.etp === 1
          ? `whole, FFN ${routed.ffn}`
          : `1/${pool.parallel.etp}, FFN ${routed.ffn / pool.parallel.etp}`,
        formatFigure(weightsFigure(expertBytes)),
      ];
    }),
  );
  return paragraphs(
    `${routed.count} experts per layer, ${routed.topK} per token. One expert: ${formatFigure(one)} (${formatExactly(one)} bytes).`,
    table(['GPUs', 'Experts on each', 'Expert', labelOf('expertMemoryPerGpu')], rows, [
      'left',
      'right',
      'left',
      'right',
    ]),
  );
}

function communication({ prediction }: Evaluation): Text {
  const rows = prediction.pools.flatMap(({ steps }) =>
    (steps[0]?.stages ?? []).flatMap((stage) => {
      const ofLayers = stage.layers.flatMap((run) =>
        run.operations.filter(isCommunication).map((operation) => communicationRow(operation, run.layers.length)),
      );
      return stage.transfer ? [...ofLayers, communicationRow(stage.transfer, 1)] : ofLayers;
    }),
  );
  const merged = new Map(rows.map((row) => [row.join('|'), row]));
  if (merged.size === 0) return 'No GPU sends anything to another.';
  return table(
    ['Communication', 'Group', labelOf('bytesSent'), labelOf('timePerRun'), 'Runs per micro-batch'],
    [...merged.values()],
    ['left', 'left', 'right', 'right', 'right'],
  );
}

function isCommunication({ kind, seconds, bytes }: Operation): boolean {
  return kind === 'communication' || ((kind === 'routing' || kind === 'aggregation') && seconds > 0 && bytes > 0);
}

function communicationRow(operation: Operation, times: number): string[] {
  const { label, group } = operation;
  const figures = operationFigures(operation);
  return [label, group, formatFigure(figures.bytes), formatTimes(figures), String(times)];
}

const PREDICTED = [
  'throughput',
  'latency',
  'ttft',
  'tpot',
  'decode',
  'training',
  'utilisation',
  'bubble',
  'exposedCommunication',
] as const satisfies readonly QuantityName[];

function performance(evaluation: Evaluation): Text {
  const figures = shownFigures(evaluation);
  const rows = PREDICTED.flatMap((name) => {
    const figure = figures[name];
    return figure ? [[labelOf(name), formatWithBand(figure)]] : [];
  });
  const perGpu = evaluation.prediction.utilisationPerGpu.map((used) => [
    nameGpus([...used.gpus].sort((a, b) => a - b)),
    `${used.phase} step`,
    formatFigure(gpuUtilisation(used)),
  ]);
  return paragraphs(
    table(['Figure', 'Predicted (low to high)'], rows),
    table([labelOf('gpus'), 'Step', labelOf('stageUtilisation')], perGpu, ['left', 'left', 'right']),
    evaluation.prediction.bottleneck.text,
  );
}

function validation(evaluation: Evaluation): Text {
  const dag = buildDag(evaluation, defaultOptions(evaluation));
  const rows = validateDag(dag, evaluation).map(({ title, holds, detail }) => [
    title,
    holds ? 'yes' : bold('NO'),
    detail,
  ]);
  return paragraphs(`The DAG has ${dag.order} nodes and ${dag.size} edges.`, table(['Check', 'Holds', 'Found'], rows));
}

function comparison(reported: readonly Reported[]): Text {
  const evaluations = reported.map(({ evaluation }) => evaluation);
  const rows = compareRows(evaluations).map(({ label, texts, best }) => [
    label,
    ...texts.map((text, index) => (best.includes(index) ? bold(text) : text)),
  ]);
  rows.push([labelOf('improvement'), ...improvementTexts(evaluations)]);
  return paragraphs(md`## Performance comparison`, table(['', ...reported.map(({ resolved }) => resolved.name)], rows));
}

function claims(analysis: Analysis, reported: readonly Reported[]): Markdown | undefined {
  const ofDeployments = reported.flatMap(({ resolved, evaluation }) =>
    checkClaims(resolved.claims, evaluation).map(({ claim, figure, holds }) => [
      resolved.name,
      claim.name,
      claimText(claim, figure),
      formatFigure(figure),
      holds ? 'yes' : bold('NO'),
    ]),
  );
  const ofCompares = comparedClaims(analysis).map(({ subject, claim, figure, holds }) => [
    subject,
    claim.name,
    claimText(claim, figure),
    formatFigure(figure),
    holds ? 'yes' : bold('NO'),
  ]);
  const rows = [...ofDeployments, ...ofCompares];
  return rows.length > 0
    ? paragraphs(md`## Claims`, table(['Deployment', 'Claim', 'Claimed', 'Computed', 'Holds'], rows))
    : undefined;
}

function findings(analysis: Analysis): Markdown | undefined {
  const diagnostics = diagnose(analysis).filter(({ severity }) => severity !== 'hint');
  if (diagnostics.length === 0) return undefined;
  const rows = diagnostics.map(({ severity, rule, message, span }) => [
    String(analysis.source.lineIndex.positionAt(span.start).line + 1),
    severity,
    rule,
    message,
  ]);
  return paragraphs(md`## Diagnostics`, table(['Line', 'Severity', 'Rule', 'Message'], rows, ['right']));
}
