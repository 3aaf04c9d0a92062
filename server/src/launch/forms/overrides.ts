import type { Given } from '../../engines/launch.ts';
import { parsedValue } from '../given.ts';
import type { LaunchForm } from '../launch.ts';

const LINE =
  /^[ \t]*(?:(?:cfg|config|recipe)\.)?((?:model|train|ddp|comm_overlap|dist|optimizer|dataset|checkpoint|logger|mixed_precision|rng|scheduler)\.[\w.]+)[ \t]*=[ \t]*(.+?)[ \t\r]*\\?$/gm;

/** Overrides of a recipe of Megatron-Bridge, one in a line, as its command line or Python writes them. */
export const overrides: LaunchForm = {
  name: 'overrides of a Megatron-Bridge recipe',
  read({ uri, text }) {
    const given = [...text.matchAll(LINE)].map(({ 0: whole, 1: name = '', 2: value = '', index }): Given => {
      const start = index + whole.indexOf(name);
      return { name, value: parsedValue(value), place: { uri, span: { start, end: start + name.length } } };
    });
    const [first] = given;
    // One line may be anything.
    if (!first || !given.some(({ name }) => /^model\..*parallel/.test(name))) return [];
    return [
      {
        workers: [
          {
            engine: 'megatron-bridge',
            role: 'both',
            given,
            environment: new Map(),
            models: [],
            count: 1,
            place: first.place,
          },
        ],
        notes: [],
      },
    ];
  },
};
