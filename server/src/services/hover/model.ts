import { cacheClasses } from '../../cost/figures/cacheClasses.ts';
import { formatHeld, mostHeld } from '../../cost/figures/heldExperts.ts';
import { weightsFigure } from '../../cost/figures/memory.ts';
import { cacheFigure, expertsFigure, modelFigures } from '../../cost/figures/model.ts';
import { formatExactly, formatFigure } from '../../cost/format.ts';
import { expertsOf } from '../../cost/parameters/parameters.ts';
import type { BlockNode } from '../../language/tree.ts';
import { layerClass, type Model } from '../../plan/model.ts';
import { modelOf } from '../../plan/resolve/plan.ts';
import { bold, type Markdown, md, paragraphs, table } from '../../text/markdown.ts';
import { type Analysis, entityOfBlock } from '../analysis.ts';

/** Parameters by class, and the size of one expert. */
export function modelHover(analysis: Analysis, block: BlockNode): Markdown | undefined {
  const entity = entityOfBlock(analysis, block);
  const model = entity && modelOf(entity);
  return model && modelFacts(model);
}

export function modelFacts(model: Model): Markdown {
  const { classes, parameters, active, activeWithEmbedding, activeInLayers, weights } = modelFigures(model);
  const rows = classes.map(([name, count]) => [name, formatExactly(count)]);
  return paragraphs(
    `${formatFigure(parameters)} parameters, ${formatFigure(active)} active per token, ${formatFigure(weights)} of weights in ${model.types.weights}.`,
    `Active with the embedding ${formatFigure(activeWithEmbedding)}, without embedding and head ${formatFigure(activeInLayers)}.`,
    table(['Parameters', ''], [...rows, [bold('total'), bold(formatExactly(parameters))]], ['left', 'right']),
    cacheLine(model),
    expertLine(model),
  );
}

/** What a sequence keeps, by kind of layer. */
function cacheLine(model: Model): string | undefined {
  const parts = cacheClasses(model).map((cache) => {
    const { kind, layers, keptTokens } = cache;
    const { bytes, isPerToken } = cacheFigure(cache);
    const cap = keptTokens === undefined ? '' : `, up to ${keptTokens.toLocaleString('en-US')} tokens`;
    return isPerToken
      ? `${formatFigure(bytes)} per token (${layers} layers, ${kind}${cap})`
      : `${formatFigure(bytes)} per sequence (${layers} layers, ${kind})`;
  });
  return parts.length > 0 ? `Cache of a sequence in ${model.types.kv}: ${parts.join(' + ')}.` : undefined;
}

/** On `experts`: bytes of one expert, of a layer, and of the model. */
export function expertsHover(analysis: Analysis, blocks: readonly BlockNode[]): Markdown | undefined {
  const [outer] = blocks;
  const entity = outer && entityOfBlock(analysis, outer);
  const model = entity && modelOf(entity);
  return model && paragraphs(expertLine(model), deploymentsLine(analysis, model));
}

function expertLine(model: Model): Markdown | undefined {
  const experts = expertsOf(model);
  if (!experts) return undefined;
  const one = expertsFigure(model, 1);
  const { expertParameters } = modelFigures(model);
  const moeLayers = model.layers.filter((_, layer) => layerClass(model, layer).feedForward.kind === 'moe').length;
  const matrices = experts.gated ? 3 : 2;
  const width = experts.latent ?? model.hidden;
  return paragraphs(
    md`One expert: ${bold(formatFigure(one))} (${formatExactly(one)} bytes in ${model.types.experts}), ${formatExactly(expertParameters)} parameters = ${matrices} matrices of ${width} x ${experts.ffn}.`,
    `${experts.count} experts per layer in ${moeLayers} layers: ${formatFigure(expertsFigure(model, experts.count))} per layer, ` +
      `${formatFigure(expertsFigure(model, experts.count * moeLayers))} in all; a token visits ${experts.topK} per layer.`,
  );
}

function deploymentsLine(analysis: Analysis, model: Model): Markdown | undefined {
  const rows = analysis.plan.deployments.flatMap((resolved) => {
    const evaluation = analysis.evaluationOf(resolved);
    if (!evaluation || resolved.draft?.model.name !== model.name) return [];
    const classes = evaluation.memory.flatMap((pool) => pool.classes);
    const most = Math.max(...classes.map(({ expertBytes }) => expertBytes));
    return [[resolved.name, formatHeld(mostHeld(evaluation.memory)), formatFigure(weightsFigure(most))]];
  });
  return rows.length > 0
    ? table(['Deployment', 'Experts per GPU', 'Expert memory per GPU'], rows, ['left', 'right', 'right'])
    : undefined;
}
