import type { LetConstant } from './analysis.ts';
import { type Declaration, type LetDeclaration, locationOfDeclaration } from './names.ts';
import type { Resolver } from './resolver.ts';
import type { Expression } from './tree.ts';

/**
 * Evaluates constants in the order of their dependencies, across files and without recursion. A long chain of constants must not
 * exhaust the stack, and one that depends on itself must not hang.
 */
export class Constants {
  private readonly done = new Map<object, LetConstant>();
  private readonly resolverOf: (uri: string) => Resolver;

  constructor(resolverOf: (uri: string) => Resolver) {
    this.resolverOf = resolverOf;
  }

  /** Takes over constants of a file whose analysis is reused. */
  adopt(constants: readonly LetConstant[]): void {
    for (const constant of constants) this.done.set(constant.node, constant);
  }

  get(declaration: LetDeclaration): LetConstant {
    const evaluated = this.done.get(declaration.node);
    if (evaluated) return evaluated;
    this.evaluateChain(declaration);
    return this.done.get(declaration.node) ?? constantOf(declaration);
  }

  private evaluateChain(start: LetDeclaration): void {
    const path = [this.step(start)];
    const onPath = new Set<object>([start.node]);
    for (let current = path.at(-1); current; current = path.at(-1)) {
      const next = current.waiting.pop();
      if (!next) {
        this.finish(current.declaration);
        onPath.delete(current.declaration.node);
        path.pop();
      } else if (onPath.has(next.node)) {
        const members = path.map((step) => step.declaration);
        this.reportCycle(members.slice(members.findIndex((member) => member.node === next.node)));
      } else if (!this.done.has(next.node)) {
        path.push(this.step(next));
        onPath.add(next.node);
      }
    }
  }

  private step(declaration: LetDeclaration): {
    readonly declaration: LetDeclaration;
    readonly waiting: LetDeclaration[];
  } {
    return { declaration, waiting: this.dependencies(declaration) };
  }

  private finish(declaration: LetDeclaration): void {
    const { node, uri } = declaration;
    const resolver = this.resolverOf(uri);
    const isBroken = resolver.scope.file.source.tree.errors.some(
      ({ span }) => node.span.start <= span.start && span.start < node.span.end,
    );
    // It may be met for the first time while a block is read, and what is found in it is not found in that block.
    const { result: value } = resolver.apart(() =>
      resolver.quietly(isBroken, () => resolver.constantValue(node.value)),
    );
    if (!this.done.has(node)) this.done.set(node, { ...constantOf(declaration), ...withValue(value) });
  }

  /** Gives up every member of the cycle, so that constants that use one of them report nothing more. */
  private reportCycle(members: readonly LetDeclaration[]): void {
    if (members.some((member) => this.done.has(member.node))) return;
    for (const member of members) this.done.set(member.node, constantOf(member));
    const { first, path } = cycleOf(members);
    this.resolverOf(first.uri).report({ kind: 'let-cycle', word: first.node.name, path });
  }

  private dependencies(declaration: LetDeclaration): LetDeclaration[] {
    const { scope } = this.resolverOf(declaration.uri);
    return wordsIn(declaration.node.value).flatMap((word) => {
      const constant = scope.constant(word);
      return constant && 'one' in constant ? constant.one : [];
    });
  }
}

/** The member that a cycle is reported at, and the way from it back to itself. Both are the same from wherever it was found. */
export function cycleOf<Named extends Declaration | LetDeclaration>(members: readonly Named[]) {
  const first = members.reduce((earliest, member) => {
    const isEarlier = member.uri === earliest.uri && member.node.span.start < earliest.node.span.start;
    return member.uri < earliest.uri || isEarlier ? member : earliest;
  });
  const firstIndex = members.indexOf(first);
  const way = [...members.slice(firstIndex), ...members.slice(0, firstIndex), first];
  return { first, path: way.map((member) => ({ ...locationOfDeclaration(member), name: member.name })) };
}

function constantOf({ name, node, uri }: LetDeclaration): LetConstant {
  return { name, node, uri };
}

function withValue(value: LetConstant['value']): Pick<LetConstant, 'value'> {
  return value === undefined ? {} : { value };
}

function wordsIn(expression: Expression): string[] {
  switch (expression.kind) {
    case 'word':
      return [expression.text];
    case 'negative':
      return wordsIn(expression.operand);
    case 'binary':
      return [...wordsIn(expression.left), ...wordsIn(expression.right)];
    case 'range':
      return [expression.from, expression.to, ...(expression.by ? [expression.by] : [])].flatMap(wordsIn);
    case 'list':
      return expression.items.flatMap(wordsIn);
    case 'application':
      return wordsIn(expression.argument);
    default:
      return [];
  }
}
