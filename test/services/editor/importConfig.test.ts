import { describe, expect, test } from 'vitest';
import { applyEdits } from '../../../server/src/services/edits.ts';
import { importConfig } from '../../../server/src/services/refactor/importConfig.ts';
import { WORKSPACE } from '../../support/annotations.ts';
import { analysisOf } from './support.ts';

/** The text after a config of the workspace was imported; nothing where no path leads to it. */
function imported(text: string, file: string, config?: string, uri = WORKSPACE + file): string | undefined {
  const found = importConfig(analysisOf(text), uri, config);
  return found && applyEdits(text, [found.edit]);
}

describe('where the model stands', () => {
  test.each([
    ['in an empty file', '', 'model mine from "./mine/config.json"\n\n'],
    [
      'behind the comment that opens the file',
      '// What for.\n\nworkload w { }\n',
      '// What for.\n\nmodel mine from "./mine/config.json"\n\nworkload w { }\n',
    ],
    [
      'not between a block and its comment',
      '// About w.\nworkload w { }\n',
      'model mine from "./mine/config.json"\n\n// About w.\nworkload w { }\n',
    ],
    [
      'behind the imports',
      'import "./a.moeplan"\nworkload w { }\n',
      'import "./a.moeplan"\n\nmodel mine from "./mine/config.json"\nworkload w { }\n',
    ],
    [
      'behind the last model',
      'model a { }\nmodel b { }\nworkload w { }\n',
      'model a { }\nmodel b { }\n\nmodel mine from "./mine/config.json"\nworkload w { }\n',
    ],
    [
      'with the line ends of the file',
      'model a { }\r\n',
      'model a { }\r\n\r\nmodel mine from "./mine/config.json"\r\n',
    ],
  ])('%s', (_, text, expected) => {
    expect(imported(text, 'mine/config.json')).toBe(expected);
  });
});

describe('what it is called', () => {
  test.each<readonly [string, string, string, string | undefined, string]>([
    ['as the config says', '', 'a/config.json', '{"_name_or_path": "org/Some-8x7B"}', 'Some-8x7B'],
    ['else as its folder', '', 'Some-30B.5/config.json', '{}', 'Some-30B.5'],
    ['not as a model of the catalogue', '', 'Mixtral-8x7B/config.json', '{}', 'Mixtral-8x7B-2'],
    ['else as its file', '', 'deepseek.json', undefined, 'deepseek'],
    ['without what no name may hold', '', 'my model (v2)/config.json', undefined, 'my-model-v2'],
    ['never as another block', 'cluster mine { }\n', 'mine/config.json', undefined, 'mine-2'],
    ['in words where there are no letters', '', '42/config.json', 'not JSON', 'config'],
  ])('%s', (_, text, file, config, expected) => {
    expect(imported(text, file, config)).toContain(`model ${expected} from "`);
  });
});

test('a config that no path leads to is not imported', () => {
  expect(imported('', 'config.json', undefined, 'vscode-vfs://github/other/config.json')).toBeUndefined();
});
