import { expect, test, vi } from 'vitest';

const shown: unknown[] = [];
vi.mock('vscode', () => ({
  window: {
    showQuickPick: async (items: readonly unknown[]) => {
      shown.push(...items);
      return items[1];
    },
  },
}));

const { pick } = await import('../../client/src/say.ts');

test('a list shows all that an item says, its texts without icons, and answers with the item as it was given', async () => {
  const separator = { label: 'plans', kind: -1 };
  const plan = { label: '$(trash) plan', detail: '$(x)', picked: true, alwaysShow: true, buttons: [], own: 7 };
  expect(await pick([separator, plan], {})).toBe(plan);
  expect(shown[0]).toMatchObject(separator);
  const { label, detail, ...rest } = plan;
  const isText = expect.not.stringMatching(/^\$\(/);
  expect([label, detail]).not.toEqual([isText, isText]);
  expect(shown[1]).toMatchObject({ ...rest, label: isText, detail: isText });
});
