import { analyse } from '../../server/src/language/program.ts';
import type { Model } from '../../server/src/plan/model.ts';
import { modelOf } from '../../server/src/plan/resolve/plan.ts';
import { CATALOG, catalogSources } from './catalog.ts';

const [anyFile = ''] = CATALOG.keys();

/** The models of the shipped catalogue, as their blocks are read. */
export const MODEL_ENTITIES = analyse(anyFile, catalogSources()).entities.filter(({ keyword }) => keyword === 'model');

/** A model of the shipped catalogue. Throws where there is none of this name. */
export function catalogModel(name: string): Model {
  const entity = MODEL_ENTITIES.find((one) => one.name === name);
  const found = entity && modelOf(entity);
  if (!found) throw new Error(`the catalogue has no model ${name}`);
  return found;
}
