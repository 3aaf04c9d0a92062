import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../support/dist.ts';
import { LanguageClient } from '../../support/languageClient.ts';
import { type Row, rowOf, timed } from './rows.ts';

const URI = 'file:///bench/preview.moeplan';

/** What the server takes to answer the preview, over standard input and output. */
export async function measureAnswers(): Promise<readonly Row[]> {
  const example = readFileSync(join(projectRoot, 'examples/deployment-analysis.moeplan'), 'utf8');
  const large = readFileSync(join(projectRoot, 'test/fixtures/plans/training.moeplan'), 'utf8');
  const opened: number[] = [];
  const openedLarge: number[] = [];
  const edited: number[] = [];
  const unfolded: number[] = [];
  for (let round = 0; round < 5; round++) {
    for (const [text, times] of [
      [example, opened],
      [large, openedLarge],
    ] as const) {
      const client = await LanguageClient.start();
      await client.check(URI, text);
      times.push(await timed(() => client.request('moeplan/preview', { uri: URI, known: [] })));
      if (text === example)
        for (let version = 2; version < 22; version++) {
          const changed = text.replace('10_000', `${9_000 + version}`);
          edited.push(
            await timed(async () => {
              await client.change(URI, version, { text: changed });
              await client.request('moeplan/preview', { uri: URI, known: [] });
            }),
          );
        }
      else
        for (let gpu = 100; gpu < 2_000; gpu += 200)
          unfolded.push(
            await timed(() =>
              client.request('moeplan/folded', {
                uri: URI,
                deployment: 'train-2048',
                opened: [`gpu ${gpu}`],
                closed: [],
                known: [],
              }),
            ),
          );
      await client.stop();
    }
  }
  return [
    rowOf('preview of the example, first', opened, 500),
    rowOf('preview of 1,024 and 2,048 GPUs, first', openedLarge, 1_000),
    rowOf('edit of the example, to its preview', edited, 100),
    rowOf('open one GPU of 2,048', unfolded, 100),
  ];
}
