import type { Setting } from '../settings.ts';
import { degreeOptions } from './degrees.ts';
import { engineOptions } from './engine.ts';
import { nodeOptions } from './node.ts';
import type { Option, OptionMaker, OptionPlace } from './option.ts';
import { typeOptions } from './types.ts';

/** In the order in which they are shown. */
const MAKERS: readonly OptionMaker[] = [degreeOptions, engineOptions, typeOptions, nodeOptions];

/** Every value of a deployment that is one of several. */
export function optionsOf(place: OptionPlace): readonly Option[] {
  return MAKERS.flatMap((make) => make(place).flatMap(({ options }) => options));
}

/** The settings that give options the values tried, or the reason why one cannot have its value. */
export function optionSettings(
  place: OptionPlace,
  changes: Readonly<Record<string, number | string>>,
): readonly Setting[] | string {
  const settings: Setting[] = [];
  if (Object.values(changes).every((value) => typeof value === 'number')) return settings;
  for (const set of MAKERS.flatMap((make) => make(place))) {
    const tried = new Map<string, string>();
    for (const { name, label, written, choices } of set.options) {
      const value = changes[name];
      if (value === undefined || String(value) === written) continue;
      if (!choices.includes(String(value))) return `\`${label}\` cannot be ${value} here`;
      tried.set(name, String(value));
    }
    if (tried.size > 0) settings.push(...set.settings(tried));
  }
  return settings;
}
