import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { totalOn } from '../../server/src/cost/parameters/checkpoint.ts';
import { NodeSources } from '../../server/src/host/nodeSources.ts';
import { analyse } from '../../server/src/language/program.ts';
import { readConfig } from '../../server/src/plan/huggingFace/config.ts';
import type { Model } from '../../server/src/plan/model.ts';
import { modelOf } from '../../server/src/plan/resolve/plan.ts';
import { CATALOG, catalogueModels } from './catalogue.ts';
import { type CsvRow, malformation, number, readCsv, text } from './csv.ts';
import { modelNamed } from './names.ts';
import type { ScoredModel } from './rows.ts';

/** Every model of the folder with an exact total beside what we count; nothing when the folder has none. */
export function scoreModels(folder: string): readonly ScoredModel[] | undefined {
  const rows = readCsv(join(folder, 'models.csv'));
  return rows?.flatMap((row) => {
    const broken = malformation(row);
    if (broken !== undefined) {
      return [{ id: text(row, 'model'), published: Number.NaN, outcome: 'refused' as const, reason: broken }];
    }
    const published = number(row, 'total_params_exact');
    return published === undefined ? [] : [scoreModel(folder, row, published)];
  });
}

function scoreModel(folder: string, row: CsvRow, published: number): ScoredModel {
  const id = text(row, 'model');
  const basis = text(row, 'basis') || 'main';
  const refused = (reason: string): ScoredModel => ({ id, published, outcome: 'refused', reason });
  const found = modelOfConfig(folder, id) ?? modelOfCatalogue(id);
  if ('refused' in found) return refused(found.refused);
  if (found.lacks !== undefined && basis !== 'main') return refused(`${found.lacks} (basis ${basis})`);
  const counted = totalOn(basis, found.model);
  if (typeof counted !== 'number') return refused(`the basis \`${counted.unknown}\` is not known`);
  return { id, published, counted, outcome: counted === published ? 'exact' : 'wrong', reason: `basis ${basis}` };
}

interface Found {
  readonly model: Model;
  /** What a total beyond the language model would need, and is not known. */
  readonly lacks?: string;
}

/** A config of the folder; nothing when it has none of this name. */
function modelOfConfig(folder: string, id: string): Found | { readonly refused: string } | undefined {
  const names = [id, id.replaceAll('/', '--'), id.slice(id.lastIndexOf('/') + 1)];
  const file = names.map((name) => join(folder, 'models', `${name}.json`)).find((path) => existsSync(path));
  if (file === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return { refused: `config-not-json: ${error instanceof Error ? error.message : String(error)}` };
  }
  if (typeof json !== 'object' || json === null) return { refused: 'config-not-json: no object' };
  const reading = readConfig(id, Object.fromEntries(Object.entries(json)));
  if ('refused' in reading) return { refused: `config-not-understood: ${reading.refused}` };
  const { model, hasUncountedVision } = reading;
  return hasUncountedVision ? { model, lacks: 'not-computed: the vision tower is not counted' } : { model };
}

/** A model of the shipped catalogue, which says nothing about copies that a checkpoint stores. */
function modelOfCatalogue(id: string): Found | { readonly refused: string } {
  const sources = new NodeSources(CATALOG);
  const [uri = ''] = sources.catalog();
  const name = modelNamed(id, catalogueModels()) ?? id;
  const entity = analyse(uri, sources).lookup('model', name);
  const model = entity && modelOf(entity);
  if (!model) return { refused: `no config, and no model ${name} in the catalogue` };
  return model.mtpModules > 0
    ? { model, lacks: 'the catalogue does not say what prediction modules store' }
    : { model };
}
