import { targetOf } from '../../plan/values.ts';
import { type Analysis, deploymentNamed } from '../analysis.ts';
import type { SearchAnswer } from '../preview/searchProtocol.ts';
import { searchSentences } from './describe.ts';
import { narrowed, readPlanKey } from './keys.ts';
import { fingerprint } from './parts.ts';
import { type ReadSearch, readSearch, searchesOf, searchFrom } from './read.ts';
import { chosenText } from './words.ts';

/** Which search of a deployment is asked for, and to which values of its axes it is narrowed. */
export interface AskedSearch {
  readonly deployment: string;
  /** The name of a `search` block; the first without one, or the usual search of a deployment that has none. */
  readonly search?: string | undefined;
  /** `0.tp=8`. */
  readonly narrow: readonly string[];
}

/** A search as it is asked for. Without `read` it cannot be run, and the answer says why. */
export interface FoundSearch {
  readonly answer: SearchAnswer;
  readonly read?: ReadSearch;
  /** Equal for searches that find the same. */
  readonly key?: string;
}

/** The search that is asked for. Undefined where the document has no such deployment. */
export function searchAsked(analysis: Analysis, asked: AskedSearch): FoundSearch | undefined {
  const resolved = deploymentNamed(analysis, asked.deployment);
  if (!resolved) return undefined;
  const blocks = searchesOf(analysis).filter((entity) => targetOf(entity, 'base') === resolved.entity);
  const searches = blocks.flatMap(({ name }) => name ?? []);
  const block = asked.search === '' ? undefined : (blocks.find(({ name }) => name === asked.search) ?? blocks[0]);
  const answer: SearchAnswer = {
    deployment: resolved.name,
    searches,
    search: block?.name ?? '',
    asks: [],
    narrow: [],
    faults: [],
  };
  const cannot = (...faults: readonly string[]): FoundSearch => ({ answer: { ...answer, faults } });
  if (!resolved.deployment)
    return cannot(`${resolved.name} cannot be computed: ${resolved.invalid ?? 'too little of it is known'}`);
  const whole = block ? readSearch(analysis, block) : searchFrom(resolved);
  if (!whole)
    return cannot(
      'It has other pools than one, or one that reads prompts and one that generates tokens: no search varies these.',
    );
  if (!('space' in whole))
    return cannot(...(whole.length > 0 ? whole.map(({ message }) => message) : ['its base is not known']));
  return narrowedTo(answer, whole, asked.narrow);
}

/** Values that are tried no more are left out. */
function narrowedTo(answer: SearchAnswer, whole: ReadSearch, keys: readonly string[]): FoundSearch {
  let read = whole;
  const narrow: { readonly key: string; readonly text: string }[] = [];
  for (const key of keys) {
    const chosen = readPlanKey(key);
    const space = chosen && narrowed(read.space, chosen);
    if (!space) continue;
    read = { ...read, space };
    narrow.push({ key, text: chosenText(chosen, space.base) });
  }
  return {
    answer: { ...answer, asks: searchSentences(whole), narrow },
    read,
    key: `${fingerprint(read.space)} ${read.by}`,
  };
}
