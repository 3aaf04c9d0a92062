import { locationOfTarget, type Target } from '../../language/analysis.ts';
import type { Entity } from '../../language/entity.ts';
import type { Location } from '../../language/span.ts';
import { type Analysis, entityOfBlock } from '../analysis.ts';
import { definedAt, type Place, placeAt } from '../place.ts';
import { variedPools } from '../search/varied.ts';

/** Where the name at the offset is defined. On a definition, the definition itself. */
export function definition(analysis: Analysis, offset: number): Location | undefined {
  const place = placeAt(analysis, offset);
  if (!place) return undefined;
  const link = linkTarget(analysis, place);
  if (link !== undefined) return { uri: link, span: { start: 0, end: 0 } };
  const target = targetAt(analysis, place);
  return target && locationOfTarget(target);
}

/** What the name at a place means, whether it is used or defined there. */
export function targetAt(analysis: Analysis, place: Place): Target | undefined {
  if (place.reference) return place.reference.target;
  const word = definedAt(place);
  if (!word) return undefined;
  const entity = place.block?.entity ?? (place.block && entityOfBlock(analysis, place.block.node));
  if (entity && place.block?.node.name === word)
    return { kind: 'entity', entity: variedBy(analysis, entity) ?? entity };
  const constant = analysis.program.analyses.get(analysis.uri)?.lets.find((candidate) => candidate.node.name === word);
  return constant && { kind: 'let', constant };
}

/** A `vary` block has no name of its own: it names a pool of the base. */
function variedBy({ program }: Analysis, { keyword, node }: Entity): Entity | undefined {
  return keyword === 'vary' ? variedPools(program).find(({ vary }) => vary.node === node)?.pool : undefined;
}

/** The file to which a path under the cursor leads. */
function linkTarget(analysis: Analysis, { node }: Place): string | undefined {
  if (node.kind !== 'string') return undefined;
  const file = analysis.program.analyses.get(analysis.uri);
  const targetLink =
    file?.imports.find((link) => link.node.path === node) ?? file?.configs.find((link) => link.node.from === node);
  return targetLink?.target;
}
