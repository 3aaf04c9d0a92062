import type { Span } from '../../language/span.ts';
import type { BlockNode } from '../../language/tree.ts';
import { UNITS } from '../../language/units.ts';
import { describeType, requirement } from '../../language/vocabulary/describe.ts';
import type { BlockSpec, PropertySpec } from '../../language/vocabulary/spec.ts';
import { bold, code, fence, type Markdown, md, paragraphs } from '../../text/markdown.ts';
import type { Analysis } from '../analysis.ts';
import { ALL_RULES } from '../findings/diagnostics.ts';
import { suppressionsOf } from '../findings/suppressions.ts';
import { contains, type Place, placeAt } from '../place.ts';
import { claimHover, compareClaimHover } from './claim.ts';
import { deploymentHover, poolHover, stageHover } from './deployment.ts';
import { expertsHover, modelHover } from './model.ts';
import { describeConstant, describeEntity } from './name.ts';
import { degreeHover, gpusHover } from './parallel.ts';
import { quantityHover } from './quantity.ts';
import { searchHover } from './search.ts';
import { engineHover } from './startup.ts';
import { statementHover } from './statement.ts';

export interface Hover {
  readonly markdown: string;
  readonly span: Span;
}

/** Describes what is at the offset: its meaning in the vocabulary, and what was computed for it. */
export function hover(analysis: Analysis, offset: number): Hover | undefined {
  const silenced = suppressionHover(analysis, offset);
  if (silenced) return silenced;
  const place = placeAt(analysis, offset);
  if (!place) return undefined;
  const markdown = ofReference(analysis, place) ?? ofProperty(analysis, place) ?? ofBlock(analysis, place);
  if (markdown) return { markdown: markdown.source, span: spanOf(place) };
  const ofStatement = statementHover(analysis, place, offset);
  return ofStatement && { span: spanOf(place), ...ofStatement, markdown: ofStatement.markdown.source };
}

/** The name of a rule in a comment that silences it. */
function suppressionHover({ source }: Analysis, offset: number): Hover | undefined {
  if (!source.text.includes('moeplan-ignore')) return undefined;
  const named = suppressionsOf(source)
    .flatMap(({ rules }) => rules)
    .find(({ span }) => contains(span, offset));
  const rule = named && ALL_RULES.find(({ name }) => name === named.name);
  return rule && { markdown: md`${bold(rule.name)} (${rule.severity}): ${rule.summary}`.source, span: named.span };
}

function spanOf(place: Place): Span {
  const { node, path } = place;
  const parent = path.at(-2);
  // The whole `80 GiB`, not only its unit.
  return node.kind === 'word' && parent?.kind === 'number' ? parent.span : node.span;
}

function ofReference(analysis: Analysis, { reference }: Place): Markdown | undefined {
  if (!reference) return undefined;
  const { target } = reference;
  if (target.kind === 'let') return describeConstant(target.constant);
  const { keyword, node, uri } = target.entity;
  const computed = keyword === 'deployment' && uri === analysis.uri ? deploymentHover(analysis, node) : undefined;
  return paragraphs(computed, describeEntity(analysis, target.entity));
}

function ofProperty(analysis: Analysis, place: Place): Markdown | undefined {
  const { property, block, node } = place;
  if (!property || node === property.node) return undefined;
  const { spec } = property;
  const isKey = node === property.node.key;
  const computed = spec && computedOf(analysis, place, spec.name);
  if (isKey) return spec ? paragraphs(describeProperty(spec), computed) : undefined;
  if (computed) return paragraphs(computed, spec && md`${code(spec.name)}: ${spec.doc}`);
  const unit = node.kind === 'word' ? UNITS.get(node.text) : undefined;
  const number = node.kind === 'number' ? node : place.path.findLast((inner) => inner.kind === 'number');
  if (number?.kind === 'number' && (unit || number.unit)) return quantityHover(number);
  const choice = node.kind === 'word' && spec ? choiceDoc(spec, node.text) : undefined;
  if (choice) return choice;
  return spec && block ? describeProperty(spec) : undefined;
}

/** What was computed for a property, wherever in it the cursor is. */
function computedOf(analysis: Analysis, place: Place, name: string): Markdown | undefined {
  const { block, blocks, property } = place;
  if (!block) return property && compareClaimHover(analysis, property.node);
  if (block?.node.keyword.text === 'parallel') return degreeHover(analysis, blocks, name);
  if (name === 'gpus' && ['stage', 'pool', 'deployment'].includes(block?.node.keyword.text ?? ''))
    return gpusHover(analysis, blocks);
  if (block?.node.keyword.text === 'expect' || block?.node.keyword.text === 'measured')
    return claimHover(analysis, blocks, name);
  return undefined;
}

function ofBlock(analysis: Analysis, { block, node, blocks }: Place): Markdown | undefined {
  if (!block || (node !== block.node.keyword && node !== block.node.name)) return undefined;
  const { spec } = block;
  if (!spec) return undefined;
  const computed = computedOfBlock(analysis, spec.keyword, block.node, blocks);
  const named =
    block.entity && node === block.node.name
      ? describeEntity(analysis, block.entity, computed === undefined)
      : undefined;
  // The computed figures come first, because the reader already sees the text of the block.
  return paragraphs(computed, named ?? describeBlock(spec));
}

function computedOfBlock(
  analysis: Analysis,
  keyword: string,
  node: BlockNode,
  blocks: readonly BlockNode[],
): Markdown | undefined {
  switch (keyword) {
    case 'deployment':
      return deploymentHover(analysis, node);
    case 'search':
      return searchHover(analysis, node);
    case 'pool':
      return poolHover(analysis, blocks);
    case 'engine':
      return engineHover(analysis, blocks);
    case 'stage':
      return stageHover(analysis, blocks);
    case 'experts':
      return expertsHover(analysis, blocks);
    case 'model':
      return modelHover(analysis, node);
    case 'parallel':
      return degreeHover(analysis, blocks, '');
    default:
      return undefined;
  }
}

export function describeBlock(spec: BlockSpec): Markdown {
  return paragraphs(md`${bold(spec.keyword)}: ${spec.doc}`, spec.details, fence(spec.example));
}

export function describeProperty(spec: PropertySpec): Markdown {
  const facts = [`Value: ${describeType(spec.type)}.`, spec.default && `Default: ${spec.default}.`, requirement(spec)];
  return paragraphs(
    md`${bold(spec.name)}: ${spec.doc}`,
    spec.details,
    facts.filter((fact) => fact !== undefined).join(' '),
    fence(spec.example),
  );
}

function choiceDoc(spec: PropertySpec, word: string): Markdown | undefined {
  const types = spec.type.kind === 'either' ? spec.type.of : spec.type.kind === 'list' ? [spec.type.of] : [spec.type];
  for (const type of types) {
    const named = type.kind === 'choice' ? type.choices.find((choice) => choice.name === word) : undefined;
    if (named) return md`${bold(named.name)}: ${named.doc}`;
  }
  return undefined;
}
