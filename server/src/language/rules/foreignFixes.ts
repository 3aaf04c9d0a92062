import type { Reported } from '../analysis.ts';
import type { Fix, TextEdit } from '../diagnostic.ts';
import { firstNotBelow } from '../halving.ts';
import { tokenize } from '../lexer.ts';
import type { SourceFile } from '../source.ts';
import type { BlockNode, Item, PropertyNode } from '../tree.ts';
import { indentOf, insertStatements, newlineBehind } from './insert.ts';
import { edit, removeStatement } from './run.ts';

/** A statement as this language writes it, and the block that it should stand in. */
export interface Proposal {
  readonly node: PropertyNode;
  /** The innermost block that the statement stands in now. */
  readonly inner: BlockNode | undefined;
  /** Whether the statement stays in its block, moves to one that exists, or needs a new one. */
  readonly kind: 'here' | 'move' | 'new';
  /** The block to write into: the one that has the property, or the one that will hold the new block. */
  readonly target: BlockNode;
  /** The keyword of the block that has the property. */
  readonly keyword: string;
  readonly property: string;
  readonly statement: string;
  /** It moves into another top-level block than its own. */
  readonly isFromOutside?: boolean;
  /** The block to write into says the same in another word. */
  readonly isStated?: boolean;
  /** The statement uses a word of another tool. */
  readonly isForeign: boolean;
}

/** Statements that go into one block, each property once. */
interface Group {
  readonly members: Map<string, Proposal>;
  fix?: Fix | undefined;
}

/**
 * Writes statements where they belong. Statements that go into one block share one fix, so that several in a row, as from a
 * pasted command, become one block together.
 */
export class ForeignFixes {
  private readonly analysis: Reported;
  private readonly groups = new Map<BlockNode, Map<string, Group>>();

  constructor(analysis: Reported) {
    this.analysis = analysis;
  }

  /** Takes a statement into the group of its block, in the order of the text. */
  join(proposal: Proposal): void {
    if (proposal.isStated) return;
    const { members } = this.groupOf(proposal);
    if (!members.has(proposal.property)) members.set(proposal.property, proposal);
  }

  /**
   * The fix of a statement. It is preferred where nothing else could be meant and no earlier statement sets the same property.
   */
  fixOf(proposal: Proposal): Fix | undefined {
    const { kind, property } = proposal;
    const group = this.groupOf(proposal);
    const isMember = group.members.get(property) === proposal;
    if (!isMember || kind === 'here') return this.write([proposal], isMember);
    group.fix ??= this.write(
      [...group.members.values()].filter((member) => member.kind === kind),
      true,
    );
    return group.fix;
  }

  /** What comes into a block from outside has a group of its own, because a block's own findings must not depend on it. */
  private groupOf({ kind, target, keyword, isFromOutside }: Proposal): Group {
    const groupsOfTarget = this.groups.get(target) ?? new Map<string, Group>();
    this.groups.set(target, groupsOfTarget);
    const key = kind === 'new' ? keyword : isFromOutside ? 'from outside' : '';
    const group = groupsOfTarget.get(key) ?? { members: new Map() };
    groupsOfTarget.set(key, group);
    return group;
  }

  private write(proposals: readonly Proposal[], preferred: boolean): Fix | undefined {
    const [first] = proposals;
    const edits = first && this.editsOf(first, proposals);
    return edits && { title: titleOf(first, proposals.length), edits, preferred };
  }

  private editsOf(first: Proposal, proposals: readonly Proposal[]): readonly TextEdit[] | undefined {
    const { source } = this.analysis;
    const { kind, target, keyword, statement } = first;
    if (kind === 'here') return inPlace(source, target, first.node, statement);
    const statements = proposals.map((proposal) => proposal.statement);
    if (kind === 'move') {
      const edits = insertStatements(source, target, statements);
      return edits && [...edits, ...this.removals(proposals)];
    }
    const block = `${keyword} { ${statements.join(', ')} }`;
    const replaced = proposals.find(({ inner }) => inner === target);
    const otherProposals = proposals.filter((proposal) => proposal !== replaced);
    const edits = replaced
      ? inPlace(source, target, replaced.node, block, otherProposals)
      : insertStatements(source, target, [block], 'end');
    return edits && [...edits, ...this.removals(otherProposals)];
  }

  /** Removed parts of neighbouring statements may touch or overlap, so they are merged. */
  private removals(proposals: readonly Proposal[]): readonly TextEdit[] {
    const merged: TextEdit[] = [];
    for (const next of proposals.flatMap(({ node }) => removeStatement(this.analysis, node.span, '').edits)) {
      const last = merged.at(-1);
      if (last && next.span.start <= last.span.end) {
        const end = Math.max(last.span.end, next.span.end);
        merged[merged.length - 1] = edit(next.uri, { start: last.span.start, end }, '');
      } else merged.push(next);
    }
    return merged;
  }
}

function titleOf({ kind, keyword, statement, isForeign }: Proposal, count: number): string {
  const block = `\`${keyword} { }\``;
  if (kind === 'here') return `Write \`${statement}\``;
  if (kind === 'move')
    return count > 1 ? `Move these ${count} statements to ${block}` : `Move it to ${block} as \`${statement}\``;
  if (count > 1) return `Put these ${count} statements into ${block}`;
  return isForeign ? `Write \`${keyword} { ${statement} }\`` : `Put it into ${block}`;
}

/**
 * The edits that replace a statement with another text, while other statements of the block may be removed. Flags need nothing
 * between them, but what takes their place does: a line of its own or, in a block on one line, a comma.
 */
function inPlace(
  source: SourceFile,
  block: BlockNode,
  node: PropertyNode,
  written: string,
  others: readonly Proposal[] = [],
): readonly TextEdit[] {
  const { uri, text, lineIndex } = source;
  const { items } = block;
  const { start } = node.span;
  const place = firstNotBelow(items.length, (index) => items[index]?.span.start ?? start, start);
  const goneStarts = new Set(others.map((other) => other.node.span.start));
  const comma = ({ span: { end } }: Item) => edit(uri, { start: end, end }, ',');
  const isOnOneLine = lineIndex.positionAt(block.body.start).line === lineIndex.positionAt(start).line;
  const previous = items[place - 1];
  const isJoined = (left: Item, right: Item) => areJoined(text.slice(left.span.end, right.span.start));
  const isFollowed = () => {
    let last: Item = node;
    for (const next of items.slice(place + 1, place + 2 + goneStarts.size)) {
      if (!isJoined(last, next)) return false;
      if (!goneStarts.has(next.span.start)) return true;
      last = next;
    }
    return false;
  };
  const isBehind = previous !== undefined && isJoined(previous, node);
  if (isOnOneLine)
    return [
      edit(uri, node.span, written),
      ...(isBehind ? [comma(previous)] : []),
      ...(isFollowed() ? [comma(node)] : []),
    ];
  const following = items[place + 1];
  return [
    edit(uri, node.span, written),
    ...(isBehind ? [lineBetween(source, block, previous, node)] : []),
    ...(following && isFollowed() ? [lineBetween(source, block, node, following)] : []),
  ];
}

/** Puts a statement on a line of its own. The blanks before it stay, as another fix may touch them too. */
function lineBetween(source: SourceFile, block: BlockNode, previous: Item, next: Item): TextEdit {
  const { uri, text } = source;
  const { end } = previous.span;
  const blanks = /^[ \t]*/.exec(text.slice(end, next.span.start))?.[0] ?? '';
  return edit(
    uri,
    { start: end, end },
    `${newlineBehind(source, block.body.start)}${indentOf(source, block).slice(blanks.length)}`,
  );
}

/** Whether no separator stands between two statements. */
function areJoined(between: string): boolean {
  return tokenize(between).every(({ kind }) => kind === 'block-comment' || kind === 'unknown');
}
