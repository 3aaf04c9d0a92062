import { expect, test, vi } from 'vitest';

const shown: string[] = [];
const run: string[] = [];
vi.mock('vscode', () => ({
  l10n: {
    t: (text: string, ...values: readonly unknown[]) => text.replace(/\{(\d)\}/g, (_, at) => String(values[at])),
  },
  window: {
    showErrorMessage: async (message: string, ...items: readonly string[]) => {
      shown.push(message);
      return items[0];
    },
  },
  commands: {
    executeCommand: async (command: string) => {
      run.push(command);
    },
  },
}));
// The numbers stand for what the library calls them; its own code needs an editor.
vi.mock('vscode-languageclient', () => ({
  CloseAction: { DoNotRestart: 1, Restart: 2 },
  ErrorAction: { Continue: 1, Shutdown: 2 },
}));

const { ServerDeaths } = await import('../../client/src/serverDeaths.ts');

test('a server that is gone is not given up, however much is written to it before its end is noticed', () => {
  const deaths = new ServerDeaths(() => 0);
  for (let written = 0; written < 100; written++) expect(deaths.error()).toEqual({ action: 1, handled: true });
  expect(deaths.closed()).toEqual({ action: 2, handled: true });
});

test('one that dies now and then is started each time, and one that dies again and again with the consent of a person', async () => {
  let now = 0;
  const deaths = new ServerDeaths(() => now);
  for (let death = 0; death < 50; death++) {
    now += 60_000;
    expect(deaths.closed().action, `death ${death}`).toBe(2);
  }
  const actions = Array.from({ length: 5 }, () => {
    now += 1_000;
    return deaths.closed().action;
  });
  expect(actions.filter((action) => action === 1)).toHaveLength(1);
  await vi.waitFor(() => expect(run).toEqual(['moeplan.restartServer']));
  expect(shown).toEqual([expect.stringMatching(/has ended 5 times within 3 minutes.*not started again/)]);
});
