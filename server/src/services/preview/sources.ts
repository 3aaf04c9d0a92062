import type { Evaluation } from '../../cost/evaluation.ts';
import type { Dag, DagNode } from '../../graph/types.ts';
import type { Entity } from '../../language/entity.ts';
import { locationOfEntity } from '../../language/entity.ts';
import type { Location } from '../../language/span.ts';
import type { BlockNode } from '../../language/tree.ts';
import { layerBlock } from '../../plan/drawnLayer.ts';
import type { PoolSource } from '../../plan/resolve/resolved.ts';
import { childOf, childrenOf, targetOf } from '../../plan/values.ts';
import { type Analysis, deploymentNamed } from '../analysis.ts';
import { placeAt } from '../place.ts';
import { type Subject, subjectOf } from '../subject.ts';
import { allDrawn } from './pictures.ts';

/** The text from which a node or bar of the preview comes. Undefined when the picture is older than the text. */
export function locationOfId(analysis: Analysis, deployment: string, id: string): Location | undefined {
  const resolved = deploymentNamed(analysis, deployment);
  if (!resolved) return undefined;
  const memory = /^memory\/(\d+)\/(\d+)$/.exec(id);
  if (memory) return ofStage(resolved.sources[Number(memory[1])], Number(memory[2]), resolved.entity);
  const timed = /^timeline\/(\d+)\/(\d+)(?:\/(.+))?$/.exec(id);
  if (timed) {
    const part = ofModel(targetOf(resolved.entity, 'model'), timed[3] ?? '');
    return part ?? ofStage(resolved.sources[Number(timed[1])], Number(timed[2]), resolved.entity);
  }
  if (id === 'cluster') return ofBlock(targetOf(resolved.entity, 'cluster') ?? resolved.entity);
  const evaluation = analysis.evaluationOf(resolved);
  const dag = evaluation && dagsOf(evaluation).find((candidate) => candidate.hasNode(id));
  if (!dag) return undefined;
  const node = dag.getNodeAttributes(id);
  if (node.kind === 'source') return ofBlock(targetOf(resolved.entity, 'workload') ?? resolved.entity);
  if (node.kind === 'sink') return ofBlock(resolved.entity);
  const model = targetOf(resolved.entity, 'model');
  const part = ofOperator(model, evaluation, node) ?? ofModel(model, node.operation);
  if (part) return part;
  const poolIndex = Math.max(0, resolved.draft?.pools.findIndex((pool) => pool.name === node.pool) ?? 0);
  const stage = resolved.draft?.pools[poolIndex]?.stages.find((candidate) => candidate.name === node.stage);
  return ofStage(resolved.sources[poolIndex], stage?.index ?? 0, resolved.entity);
}

function ofStage(source: PoolSource | undefined, stage: number, deployment: Entity): Location {
  const entity = source?.stages[stage]?.entity ?? source?.parallel ?? source?.holder ?? deployment;
  return ofBlock(entity);
}

/** The model describes expert and attention operations; the deployment's stage describes the others. */
function ofModel(model: Entity | undefined, operation: string): Location | undefined {
  if (!model) return undefined;
  const keyword = /expert|router|gate/.test(operation)
    ? 'experts'
    : /attention|qkv|q-|kv-/.test(operation)
      ? 'attention'
      : undefined;
  const block = keyword && childOf(model, keyword);
  return block && ofBlock(block);
}

/** An operator of a hand-drawn layer. */
function ofOperator(model: Entity | undefined, evaluation: Evaluation, node: DagNode): Location | undefined {
  const { pools } = evaluation.deployment;
  const poolModel = (pools.find(({ name }) => name === node.pool) ?? pools[0])?.model;
  const drawn = poolModel?.classes[poolModel.layers[node.layers[0] ?? -1] ?? -1]?.drawn;
  if (!model || !drawn || node.operator === undefined) return undefined;
  const block = layerBlock(model, drawn.name);
  const operator = block && childrenOf(block, 'operator').find(({ name }) => name === node.operator);
  return operator && ofBlock(operator);
}

function ofBlock(entity: Entity): Location {
  return entity.node.span.end > entity.node.span.start
    ? { uri: entity.uri, span: entity.node.span }
    : locationOfEntity(entity);
}

function dagsOf(evaluation: Evaluation): readonly Dag[] {
  return allDrawn(evaluation).map(({ dag }) => dag);
}

/** Nodes of all pictures. The page marks those of the picture that it shows. */
function nodesWhere(evaluation: Evaluation, matches: (node: DagNode) => boolean): readonly string[] {
  return [...new Set(dagsOf(evaluation).flatMap((dag) => dag.filterNodes((_, node) => matches(node))))];
}

/** The parts of the preview that the text at an offset concerns: ids of nodes, bars, lanes and operations. */
export interface PartsOfPreview {
  readonly deployment: string;
  /** Empty when the text concerns all of the deployment. */
  readonly nodes: readonly string[];
}

/**
 * The parts of the preview that the text at an offset concerns. What several deployments share is shown in the preferred
 * one if that uses it, otherwise in the first that does.
 */
export function nodesAtOffset(analysis: Analysis, offset: number, preferred?: string): PartsOfPreview | undefined {
  const place = placeAt(analysis, offset);
  if (!place) return undefined;
  const subject = subjectOf(analysis, place.blocks);
  return subject ? ofSubject(subject, place.blocks) : ofShared(analysis, place.blocks, preferred);
}

/**
 * A stage means its nodes and a pool those of its stages. Degrees, claims and properties of a deployment are about all of it,
 * and no single node.
 */
function ofSubject({ resolved, evaluation, pools, stage }: Subject, blocks: readonly BlockNode[]): PartsOfPreview {
  const { name: deployment } = resolved;
  if (!evaluation) return { deployment, nodes: [] };
  const isOfPool = blocks.some(({ keyword }) => keyword.text === 'pool');
  if (!stage && !isOfPool) return { deployment, nodes: [] };
  const names = new Set(pools.map(({ pool }) => pool.name));
  const isMeant = (name: string) => stage === undefined || name === stage.name;
  // A closed pool stands for its stages. Its GPUs are so many that marks would cover them.
  const isPoolOf = ({ opens, pool }: DagNode) => !stage && pool !== undefined && opens === `pool ${pool}`;
  const nodes = nodesWhere(
    evaluation,
    (node) =>
      node.kind !== 'gpu' &&
      (node.stage === undefined ? isPoolOf(node) : isMeant(node.stage)) &&
      (node.pool === undefined || names.has(node.pool)),
  );
  const lanes = timelineIds(evaluation, (pool, stageName) => isMeant(stageName) && names.has(pool));
  const bars = pools.flatMap(({ pool, index }) =>
    pool.stages.flatMap((poolStage) => (isMeant(poolStage.name) ? [`memory/${index}/${poolStage.index}`] : [])),
  );
  return { deployment, nodes: [...nodes, ...lanes, ...bars] };
}

/**
 * A workload means the input, a part of a model means its operations, and a model or cluster means the whole deployment.
 */
function ofShared(
  analysis: Analysis,
  blocks: readonly BlockNode[],
  preferred: string | undefined,
): PartsOfPreview | undefined {
  const [outer, part] = blocks;
  if (!outer) return undefined;
  const operator = blocks.find(({ keyword }) => keyword.text === 'operator');
  if (operator) return ofDrawn(analysis, operator, preferred);
  const users = analysis.plan.deployments.filter((candidate) =>
    SHARED.some((key) => targetOf(candidate.entity, key)?.node === outer),
  );
  const resolved = users.find(({ name }) => name === preferred) ?? users[0];
  const evaluation = resolved && analysis.evaluationOf(resolved);
  if (!resolved || !evaluation) return undefined;
  const { name: deployment } = resolved;
  if (outer.keyword.text === 'workload')
    return { deployment, nodes: nodesWhere(evaluation, ({ kind }) => kind === 'source') };
  if (outer.keyword.text !== 'model' || !part) return { deployment, nodes: [] };
  const model = targetOf(resolved.entity, 'model');
  const isOfPart = (operation: string) => ofModel(model, operation)?.span.start === part.span.start;
  const nodes = nodesWhere(evaluation, ({ operation }) => isOfPart(operation));
  return { deployment, nodes: [...nodes, ...timelineIds(evaluation, () => false, isOfPart)] };
}

/** Properties by which deployments name blocks that they may share. */
const SHARED = ['model', 'cluster', 'workload'] as const;

/** An operator of a hand-drawn layer means its nodes, in a deployment that has some. */
function ofDrawn(analysis: Analysis, operator: BlockNode, preferred: string | undefined): PartsOfPreview | undefined {
  const { deployments } = analysis.plan;
  const wanted = deployments.filter(({ name }) => name === preferred);
  for (const resolved of [...wanted, ...deployments]) {
    const model = targetOf(resolved.entity, 'model');
    const evaluation = analysis.evaluationOf(resolved);
    if (!model || !evaluation?.deployment.model.classes.some(({ drawn }) => drawn)) continue;
    const nodes = nodesWhere(evaluation, (node) => {
      const place = ofOperator(model, evaluation, node);
      return place?.uri === analysis.uri && place.span.start === operator.span.start;
    });
    if (nodes.length > 0) return { deployment: resolved.name, nodes };
  }
  return undefined;
}

/** Lanes of the stages that are meant, and the meant operations in any lane. */
function timelineIds(
  { prediction }: Evaluation,
  isLane: (pool: string, stage: string) => boolean,
  isOperation: (key: string) => boolean = () => false,
): readonly string[] {
  const ids = new Set<string>();
  for (const [index, { pool, steps }] of prediction.pools.entries()) {
    for (const [at, stage] of pool.stages.entries()) {
      if (isLane(pool.name, stage.name)) ids.add(`timeline/${index}/${at}`);
      for (const run of steps.flatMap(({ stages }) => stages[at] ?? []))
        for (const { key } of [...run.entry, ...run.exit, ...run.layers.flatMap(({ operations }) => operations)])
          if (isOperation(key)) ids.add(`timeline/${index}/${at}/${key}`);
    }
  }
  return [...ids];
}
