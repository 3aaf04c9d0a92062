import type { Diagnostic, Fix, RelatedInformation } from '../../language/diagnostic.ts';
import type { Entity } from '../../language/entity.ts';
import type { Program } from '../../language/program.ts';
import { bounded } from '../../language/rules/bounds.ts';
import { runRules } from '../../language/rules/run.ts';
import type { Location } from '../../language/span.ts';
import type { ResolvedBlock } from '../resolve/resolved.ts';
import { PLAN_RULES } from './index.ts';

/**
 * Findings of the dimensions, graph, GPUs and experts families about one block, each at the place where its rule saw it.
 * That place is in another block when the block inherits it. The findings follow from the block's identity.
 */
export function blockDiagnostics(
  program: Pick<Program, 'root'>,
  block: ResolvedBlock,
  failedAt?: Location,
): Diagnostic[] {
  return runRules(PLAN_RULES, { program: { root: program.root, own: [block.entity] }, plan: block }, failedAt);
}

/**
 * Places findings in their block. A finding about something inherited moves to where the block names its base, and shows
 * the inherited place as related. Shown in the base, nobody would see it: the base may be right by itself and lie in
 * another file or in the catalogue. A mistake that the base has already is reported there once, and not again for every
 * block that extends it.
 */
export function placedIn(
  entity: Entity,
  diagnostics: readonly Diagnostic[],
  findingsOf: (base: Entity) => readonly Diagnostic[],
): readonly Diagnostic[] {
  return diagnostics.flatMap((diagnostic) => {
    const fixes = diagnostic.fixes?.filter((fix) => isOwnFix(entity, fix));
    const fixed = { ...diagnostic, ...(fixes && { fixes }) };
    if (isInside(entity, diagnostic)) return fixed;
    const base = baseWith(entity, diagnostic);
    if (!base && diagnostic.uri === entity.uri) return fixed;
    const isTold = diagnostic.severity !== 'error' || base?.uri === entity.uri;
    if (base && isTold && findingsOf(base).some((other) => isSame(diagnostic, other))) return [];
    const { node, uri } = entity;
    // A launch is a base that no name leads to.
    const { span } = node.base ?? (entity.base ? node.from : undefined) ?? node.name ?? node.keyword;
    const origin = {
      uri: diagnostic.uri,
      span: diagnostic.span,
      message: base?.name ? `inherited from \`${base.name}\`` : 'written here',
    };
    const related: RelatedInformation[] = [origin, ...(diagnostic.related ?? [])];
    return { ...fixed, ...bounded({ ...fixed, uri, span, related }) };
  });
}

function isInside({ uri, node }: Entity, place: Location): boolean {
  return place.uri === uri && node.span.start <= place.span.start && place.span.end <= node.span.end;
}

/** The nearest base of the block, direct or not, that holds the place. */
function baseWith(entity: Entity, place: Location): Entity | undefined {
  // The chain is acyclic: the language cuts `extends` cycles.
  for (let base = entity.base; base; base = base.base) if (isInside(base, place)) return base;
  return undefined;
}

function isSame(left: Diagnostic, right: Diagnostic): boolean {
  const places = left.uri === right.uri && left.span.start === right.span.start && left.span.end === right.span.end;
  return places && left.rule === right.rule && left.message === right.message;
}

/**
 * A fix in a base would change every block that extends it. A fix in another file would change text that nobody is looking
 * at.
 */
function isOwnFix(entity: Entity, { edits }: Fix): boolean {
  return edits.every((edit) => edit.uri === entity.uri && (isInside(entity, edit) || !baseWith(entity, edit)));
}
