import { Arguments } from '../../engines/launch.ts';
import { givenInTree } from '../given.ts';
import type { LaunchForm } from '../launch.ts';
import { LAUNCHED } from '../launched.ts';
import { entriesOf, readYaml } from '../yaml.ts';

/** A file of an engine's arguments alone: `--config` of vLLM and SGLang, `--extra_llm_api_options` of TensorRT-LLM. */
export const engineConfig: LaunchForm = {
  name: "a file of an engine's arguments",
  read({ uri, text }) {
    const { documents, faults } = readYaml(text);
    const [tree] = documents;
    if (!tree || documents.length > 1 || faults.length > 0) return [];
    const entries = entriesOf(tree);
    const [first] = entries;
    for (const [engine, launch] of LAUNCHED) {
      if (!first || !entries.some(({ key }) => launch.configKeys?.test(key))) continue;
      const args = new Arguments(launch.table, []);
      // A file of something else may share a key with an engine, but not most of them.
      if (
        entries.filter(({ key, value }) => args.argumentOf(key).argument ?? value.kind === 'map').length * 2 <
        entries.length
      )
        continue;
      const given = givenInTree(tree, uri);
      const place = { uri, span: first.keySpan };
      return [
        { workers: [{ engine, role: 'both', given, environment: new Map(), models: [], count: 1, place }], notes: [] },
      ];
    }
    return [];
  },
};
