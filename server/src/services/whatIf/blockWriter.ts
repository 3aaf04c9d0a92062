import type { TextEdit } from '../../language/diagnostic.ts';
import type { SourceFile } from '../../language/source.ts';
import type { BlockNode } from '../../language/tree.ts';
import { hasBraces } from '../blocks.ts';
import { appendTo } from '../refactor/refactoring.ts';
import type { Step } from './settings.ts';

/** Statements that a block lacks, and blocks that it lacks, with their contents. */
interface Missing {
  readonly statements: string[];
  readonly blocks: Map<string, Missing>;
}

function nothing(): Missing {
  return { statements: [], blocks: new Map() };
}

/**
 * Collects statements for a block and the blocks inside it. A statement that the block has is replaced, and others are
 * added.
 */
export class BlockWriter {
  private readonly source: SourceFile;
  private readonly node: BlockNode;
  private readonly replaced: TextEdit[] = [];
  private readonly added = new Map<BlockNode, Missing>();

  constructor(source: SourceFile, node: BlockNode) {
    this.source = source;
    this.node = node;
  }

  set(path: readonly Step[], property: string, text: string): void {
    const [block, left] = this.deepest(path);
    const statement =
      left.length > 0 ? undefined : block.items.find((item) => item.kind === 'property' && item.key.text === property);
    if (statement?.kind === 'property') {
      this.replaced.push({ uri: this.source.uri, span: statement.value.span, text });
      return;
    }
    let at = this.added.get(block) ?? nothing();
    this.added.set(block, at);
    for (const step of left) {
      const inside = at.blocks.get(stepName(step)) ?? nothing();
      at.blocks.set(stepName(step), inside);
      at = inside;
    }
    at.statements.push(`${property} = ${text}`);
  }

  edits(): readonly TextEdit[] {
    return [
      ...this.replaced,
      ...[...this.added].map(([block, missing]) => appendTo(this.source, block, statementsOf(missing))),
    ];
  }

  /** The innermost written block of a path, and the remaining steps. */
  private deepest(path: readonly Step[]): readonly [BlockNode, readonly Step[]] {
    let block = this.node;
    for (const [depth, { keyword, name }] of path.entries()) {
      const inside = block.items.find(
        (item): item is BlockNode => item.kind === 'block' && item.keyword.text === keyword && item.name?.text === name,
      );
      if (!inside || !hasBraces(this.source, inside)) return [block, path.slice(depth)];
      block = inside;
    }
    return [block, []];
  }
}

/** `dp = 32`, `pool decode { parallel { dp = 32 } }`. */
function statementsOf({ statements, blocks }: Missing): readonly string[] {
  const inside = [...blocks].map(([name, missing]) => `${name} { ${statementsOf(missing).join(', ')} }`);
  return [...statements, ...inside];
}

/** `pool decode` */
export function stepName({ keyword, name }: Step): string {
  return name === undefined ? keyword : `${keyword} ${name}`;
}
