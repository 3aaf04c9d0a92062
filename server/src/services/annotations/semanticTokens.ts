import type { BlockNode, Expression, Item, Word } from '../../language/tree.ts';
import type { BlockSpec } from '../../language/vocabulary/spec.ts';
import { blockSpec } from '../../language/vocabulary/vocabulary.ts';
import type { Analysis } from '../analysis.ts';

export const SEMANTIC_TOKEN_TYPES = [
  'keyword',
  'class',
  'variable',
  'property',
  'enumMember',
  'number',
  'string',
  'type',
] as const;
export const SEMANTIC_TOKEN_MODIFIERS = ['declaration', 'defaultLibrary'] as const;

export type SemanticTokenType = (typeof SEMANTIC_TOKEN_TYPES)[number];

export interface SemanticToken {
  readonly start: number;
  readonly end: number;
  readonly type: SemanticTokenType;
  readonly declaration?: boolean;
  readonly defaultLibrary?: boolean;
}

/**
 * What the grammar cannot know: which words are keywords at their place, which are names, and where the names come from.
 */
export function semanticTokens(analysis: Analysis): readonly SemanticToken[] {
  const file = analysis.program.analyses.get(analysis.uri);
  const uses = new Map(file?.references.map((reference) => [reference.span.start, reference]));
  const tokens: SemanticToken[] = [];

  const push = (word: Word, type: SemanticTokenType, declaration = false) => {
    if (word.text !== '')
      tokens.push({ start: word.span.start, end: word.span.end, type, ...(declaration && { declaration }) });
  };
  const use = (word: Word, otherwise: SemanticTokenType) => {
    const target = uses.get(word.span.start)?.target;
    if (!target) {
      push(word, otherwise);
      return;
    }
    const uri = target.kind === 'let' ? target.constant.uri : target.entity.uri;
    const defaultLibrary = analysis.program.analyses.get(uri)?.isCatalog === true;
    tokens.push({
      start: word.span.start,
      end: word.span.end,
      type: target.kind === 'let' ? 'variable' : 'class',
      ...(defaultLibrary && { defaultLibrary }),
    });
  };

  function expression(node: Expression): void {
    switch (node.kind) {
      case 'word':
        use(node, 'enumMember');
        break;
      case 'number':
        if (node.unit) push(node.unit, 'type');
        break;
      case 'range':
        for (const part of [node.from, node.to, node.by]) if (part) expression(part);
        break;
      case 'list':
        for (const part of node.items) expression(part);
        break;
      case 'application':
        push(node.word, 'enumMember');
        expression(node.argument);
        break;
      case 'binary':
        expression(node.left);
        expression(node.right);
        break;
      case 'negative':
        expression(node.operand);
        break;
      default:
    }
  }

  function block(node: BlockNode, parent: string): void {
    const spec: BlockSpec | undefined = blockSpec(parent, node.keyword.text);
    if (spec) push(node.keyword, 'keyword');
    if (node.name) push(node.name, 'class', true);
    if (node.base) use(node.base, 'class');
    for (const item of node.items) visit(item, node.keyword.text);
  }

  function visit(item: Item, parent: string): void {
    switch (item.kind) {
      case 'block':
        block(item, parent);
        break;
      case 'property':
        push(item.key, 'property');
        expression(item.value);
        if (item.tolerance) expression(item.tolerance);
        break;
      case 'entry':
        expression(item.range);
        expression(item.value);
        break;
      case 'edge':
        for (const word of item.path) use(word, 'class');
        break;
      case 'placement':
        push(item.keyword, 'keyword');
        for (const part of [item.experts, item.layers, item.gpus]) if (part) expression(part);
        break;
      case 'let':
        push(item.name, 'variable', true);
        expression(item.value);
        break;
      case 'compare':
        push(item.keyword, 'keyword');
        for (const word of item.names) use(word, 'class');
        for (const child of item.items) visit(child, 'compare');
        break;
      case 'import':
    }
  }

  for (const item of analysis.source.tree.items) visit(item, 'file');
  return tokens.toSorted((left, right) => left.start - right.start);
}
