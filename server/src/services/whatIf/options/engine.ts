import { expertsOf } from '../../../cost/parameters/parameters.ts';
import { engineProfile } from '../../../engines/index.ts';
import { ENGINE_NAMES } from '../../../language/vocabulary/engine.ts';
import { blockSpec, propertySpec } from '../../../language/vocabulary/vocabulary.ts';
import type { Setting } from '../settings.ts';
import {
  type Option,
  type OptionPlace,
  type OptionSet,
  optionName,
  poolsByBlock,
  type SharingPools,
  withWritten,
} from './option.ts';

/** The engine of each pool, and how it hides and sends what goes to experts. */
export function engineOptions(place: OptionPlace): readonly OptionSet[] {
  return poolsByBlock(place, 'engine').map((pools) => ofEngine(place, pools));
}

function ofEngine({ resolved, draft }: OptionPlace, { first, index, group, path }: SharingPools): OptionSet {
  const { engine, model } = first;
  const task = draft.workload.kind === 'training' ? 'training' : 'serving';
  const engines = ENGINE_NAMES.filter((name) => engineProfile(name).tasks.includes(task));
  const option = (property: string, label: string, written: string, choices: readonly string[]): Option => ({
    name: optionName(group, property === 'name' ? 'engine' : property),
    label,
    group,
    written,
    choices: withWritten(choices, written),
  });
  const hasExchange = task === 'serving' && expertsOf(model) !== undefined;
  const options = [
    option('name', 'engine', engine.name, engines),
    ...(hasExchange
      ? [
          option('all-to-all', 'all-to-all', engine.allToAll, wordsOf('all-to-all')),
          option('two-batch-overlap', 'two-batch overlap', String(engine.twoBatchOverlap), ['false', 'true']),
        ]
      : []),
  ];
  return {
    options,
    settings: (tried) => {
      const setting = (property: string, value: string | undefined): Setting => ({
        block: 'deployment',
        path,
        property,
        value,
      });
      const settings: Setting[] = [];
      const name = tried.get(optionName(group, 'engine'));
      if (name !== undefined) {
        settings.push(setting('name', name));
        // A release is one of the engine that is written.
        if (resolved.spec?.pools[index]?.engine.version !== undefined) settings.push(setting('version', undefined));
      }
      for (const property of ['all-to-all', 'two-batch-overlap']) {
        const value = tried.get(optionName(group, property));
        if (value !== undefined) settings.push(setting(property, value));
      }
      return settings;
    },
  };
}

/** The words that a property of `engine` may be. */
function wordsOf(property: string): readonly string[] {
  const block = blockSpec('deployment', 'engine');
  const type = block && propertySpec(block, property)?.type;
  return type?.kind === 'choice' ? type.choices.map(({ name }) => name) : [];
}
