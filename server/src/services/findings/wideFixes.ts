import type { Figure } from '../../cost/figures/figure.ts';
import { claimFigure } from '../../cost/figures/figures.ts';
import type { Diagnostic, Fix } from '../../language/diagnostic.ts';
import { relativePath } from '../../language/paths.ts';
import { fix, removeStatement } from '../../language/rules/run.ts';
import { suggest } from '../../language/suggest.ts';
import type { PropertyNode, StringLiteral } from '../../language/tree.ts';
import type { PropertySpec } from '../../language/vocabulary/spec.ts';
import { nodesAt } from '../../language/walk.ts';
import type { Analysis } from '../analysis.ts';
import type { KnownFiles } from '../completion/item.ts';
import { compareClaim } from '../hover/claim.ts';
import { placeAt } from '../place.ts';
import { writeBound } from '../refactor/claims.ts';
import { nameFor } from '../refactor/importConfig.ts';
import { subjectOf } from '../subject.ts';
import { degreeFixes } from './degreeFixes.ts';
import { bufferFixes, memoryFixes, startFixes } from './memoryFixes.ts';
import { nodeFixes } from './nodeFixes.ts';
import { placementFixes } from './placementFixes.ts';

/** Fixes that need more than their rule sees: the prediction, or the files that exist. */
export function wideFixes(analysis: Analysis, diagnostic: Diagnostic, files: KnownFiles): readonly Fix[] {
  if (diagnostic.uri !== analysis.uri) return [];
  switch (diagnostic.rule) {
    case 'claim-not-met':
      return claimComputed(analysis, diagnostic);
    case 'claim-not-computed':
      return withoutClaim(analysis, diagnostic);
    case 'memory-over-capacity':
    case 'memory-nearly-full':
    case 'kv-cache-too-small':
      return memoryFixes(analysis, diagnostic);
    case 'parallel-mismatch':
      return degreeFixes(analysis, diagnostic);
    case 'gpus-not-linked':
      return [...nodeFixes(analysis, diagnostic), ...degreeFixes(analysis, diagnostic)];
    case 'will-not-start':
      return startFixes(analysis, diagnostic);
    case 'expert-memory-over-share':
      return placementFixes(analysis, diagnostic);
    case 'buffers-left-out':
      return bufferFixes(analysis, diagnostic);
    case 'import-not-found':
      return pathsMeant(analysis, diagnostic, files);
    default:
      return [];
  }
}

/** Claims the computed figure, as precisely as a prediction can be. Only the user can say which of the two is wrong. */
function claimComputed(analysis: Analysis, { span }: Diagnostic): readonly Fix[] {
  const claim = claimAt(analysis, span.start);
  const dimension = claim && dimensionOf(claim.spec);
  if (!claim || !dimension) return [];
  const { node, figure, spec } = claim;
  const isPredicted = figure.band !== undefined;
  const bound = node.operator === '=' && isPredicted ? Number(figure.value.toPrecision(3)) : figure.value;
  const text = writeBound(bound, dimension, node.operator);
  const title = `Claim what is computed: \`${spec.name} ${node.operator} ${text}\``;
  return [fix(title, analysis.uri, node.value.span, text, false)];
}

function claimAt(
  analysis: Analysis,
  offset: number,
): { readonly node: PropertyNode; readonly spec: PropertySpec; readonly figure: Figure } | undefined {
  const place = placeAt(analysis, offset);
  const { node, spec } = place?.property ?? {};
  if (!place || !node || !spec) return undefined;
  const evaluation = subjectOf(analysis, place.blocks)?.evaluation;
  const figure = place.block ? evaluation && claimFigure(evaluation, spec.name) : compareClaim(analysis, node)?.figure;
  return figure && { node, spec, figure };
}

function dimensionOf({ type }: PropertySpec) {
  if (type.kind === 'quantity') return type.dimension;
  return type.kind === 'integer' ? 'number' : undefined;
}

function withoutClaim(analysis: Analysis, { span }: Diagnostic): readonly Fix[] {
  const file = analysis.program.analyses.get(analysis.uri);
  return file ? [{ ...removeStatement(file, span, 'Remove the claim'), preferred: false }] : [];
}

/** Files whose path is similar to the written one, or that have its name in another folder. */
function pathsMeant(analysis: Analysis, { span }: Diagnostic, files: KnownFiles): readonly Fix[] {
  const path = nodesAt(analysis.source.tree, span.start).find((node): node is StringLiteral => node.kind === 'string');
  if (!path || path.text === '') return [];
  const around = nodesAt(analysis.source.tree, span.start).find((node) => node.kind === 'import');
  if (around && /\.json$/i.test(path.text)) {
    const name = nameFor(path.text, undefined);
    const statement = `model ${name} from ${JSON.stringify(path.text)}`;
    return [fix(`Write \`${statement}\``, analysis.uri, around.span, statement)];
  }
  const paths = files
    .filesWith(around ? '.moeplan' : '.json')
    .filter((uri) => uri !== analysis.uri)
    .flatMap((uri) => relativePath(analysis.uri, uri) ?? []);
  const nameOf = (uri: string) => uri.slice(uri.lastIndexOf('/') + 1);
  // The part that all paths share does not help to choose between them.
  const stemOf = (uri: string) => uri.replace(/^\.\//, '').replace(/\.\w+$/, '');
  const near = suggest(stemOf(path.text), paths.map(stemOf));
  const meant = paths
    .filter((candidate) => stemOf(candidate) === near || nameOf(candidate) === nameOf(path.text))
    .slice(0, MOST_PATHS);
  return meant.map((candidate) =>
    fix(`Change to \`${candidate}\``, analysis.uri, path.span, JSON.stringify(candidate), meant.length === 1),
  );
}

/** A longer list of fixes does not help. */
const MOST_PATHS = 3;
