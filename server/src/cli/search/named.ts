import { suggest } from '../../language/suggest.ts';
import type { Analysis } from '../../services/analysis.ts';
import { deploymentNamed } from '../../services/analysis.ts';
import { type ReadSearch, readSearch, searchesOf, searchFrom } from '../../services/search/read.ts';
import { CannotRun } from '../cannotRun.ts';

/**
 * The search of this name, or the usual one of the deployment of this name. Without a name the only search of the file, or the
 * usual one of its only deployment. @throws CannotRun where there is none, or where it cannot be run.
 */
export function searchNamed(analysis: Analysis, file: string, name: string | undefined): ReadSearch {
  const searches = searchesOf(analysis);
  const { deployments } = analysis.plan;
  const names = [...searches.flatMap((each) => each.name ?? []), ...deployments.map((each) => each.name)];
  const choices = `it has ${[...new Set(names)].join(', ')}`;
  if (name === undefined && (searches.length > 1 || (searches.length === 0 && deployments.length > 1)))
    throw new CannotRun(
      `${file} has several ${searches.length > 1 ? 'searches' : 'deployments'}: name one; ${choices}`,
    );
  const entity = name === undefined ? searches[0] : searches.find((each) => each.name === name);
  if (entity) {
    const read = readSearch(analysis, entity);
    if ('space' in read) return checked(read, file);
    const why = read[0]?.message ?? 'its base is not known';
    throw new CannotRun(`search \`${entity.name ?? ''}\` cannot be run: ${why}; run \`moeplan check ${file}\``);
  }
  const deployment = name === undefined ? deployments[0] : deploymentNamed(analysis, name);
  if (!deployment && name !== undefined && names.length > 0) {
    const meant = suggest(name, names);
    throw new CannotRun(
      `${file} has no search or deployment \`${name}\`; ${meant === undefined ? choices : `did you mean \`${meant}\`?`}`,
    );
  }
  const usual = deployment && searchFrom(deployment);
  if (usual) return checked(usual, file);
  throw new CannotRun(
    deployment
      ? `nothing can be searched from \`${deployment.name}\`: ${deployment.invalid ?? 'it has other pools than one, or one that reads prompts and one that generates tokens'}`
      : `${file} has nothing to search from; write \`search best { base = … }\``,
  );
}

function checked(read: ReadSearch, file: string): ReadSearch {
  const { deployment, invalid, name } = read.base;
  if (!deployment)
    throw new CannotRun(
      `deployment \`${name}\` cannot be computed: ${invalid ?? 'too little of it is known'}; run \`moeplan check ${file}\``,
    );
  return read;
}
