import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ReceivedParts } from '../../client/preview/received.ts';
import { isToPage } from '../../server/src/services/preview/messages.ts';
import { previewModel } from '../../server/src/services/preview/model.ts';
import { PictureSender } from '../../server/src/services/preview/patch.ts';
import { openedPicture } from '../../server/src/services/preview/pictures.ts';
import type { PreviewModel, SentModel } from '../../server/src/services/preview/protocol.ts';
import { analysed } from '../support/analysed.ts';
import { projectRoot } from '../support/dist.ts';

const text = readFileSync(join(projectRoot, 'examples/deployment-analysis.moeplan'), 'utf8');
const known = new Map<string, PreviewModel>();

/** The model of a text, computed once. */
function modelOf(plan: string): PreviewModel {
  const model = known.get(plan) ?? previewModel(analysed(plan), 1);
  known.set(plan, model);
  return model;
}

/** Both ends of the wire, which carries JSON. */
class Wire {
  readonly sender = new PictureSender();
  readonly parts = new ReceivedParts();
  known: readonly string[] = [];

  carry(model: PreviewModel): { readonly sent: SentModel; readonly received: PreviewModel | undefined } {
    const message: unknown = JSON.parse(
      JSON.stringify({ type: 'model', model: this.sender.model(model, new Set(this.known)) }),
    );
    if (!isToPage(message) || message.type !== 'model') throw new Error('the page would not take it');
    const received = this.parts.model(message.model);
    const pictures = (received?.deployments ?? []).flatMap(({ overview, ...own }) => [
      own,
      ...(overview ? [overview] : []),
    ]);
    this.parts.keepOnly(pictures);
    this.known = pictures.flatMap(({ topology, positions }) => [topology.digest, positions.digest]);
    return { sent: message.model, received };
  }
}

/** What edits do: nothing to the picture, other figures, other nodes, fewer nodes, other names, other deployments. */
const EDITS: readonly (readonly [string, (plan: string) => string])[] = [
  ['a comment', (plan) => `// more\n${plan}`],
  ['other lengths', (plan) => plan.replace('10_000', '5_000')],
  ['a vocabulary', (plan) => plan.replace('hidden  = 4096', 'hidden  = 4096\n  vocabulary = 32_000')],
  ['fewer layers', (plan) => plan.replace('layers  = 4', 'layers  = 2').replaceAll(/layers = \d\.\.\d, /g, '')],
  ['another name', (plan) => plan.replaceAll('front', 'first')],
  ['a deployment less', (plan) => plan.replace('parallel { ep = 16 }', 'parallel { ep = 15 }')],
];

describe('what the page puts together is what the server made', () => {
  test.each(EDITS)('after %s, and back', (_, edit) => {
    const wire = new Wire();
    for (const plan of [text, edit(text), text, edit(edit(text))]) {
      const model = modelOf(plan);
      expect(wire.carry(model).received).toEqual(JSON.parse(JSON.stringify(model)));
    }
  });

  test('with every edit after every other', () => {
    const wire = new Wire();
    for (const [, first] of EDITS)
      for (const [, second] of EDITS) {
        for (const plan of [first(text), second(first(text))]) {
          const model = modelOf(plan);
          expect(wire.carry(model).received).toEqual(JSON.parse(JSON.stringify(model)));
        }
      }
  });
});

test('an edit that changes no picture sends none, one that changes figures sends no positions and no edges', () => {
  const wire = new Wire();
  wire.carry(modelOf(text));
  for (const { topology, positions, overview } of wire.carry(modelOf(`// more\n${text}`)).sent.deployments)
    for (const part of [topology, positions, overview?.topology, overview?.positions])
      expect(part).toEqual({ digest: expect.any(String), known: true });
  const [edited] = wire.carry(modelOf(text.replace('hidden  = 4096', 'hidden  = 4112'))).sent.deployments;
  const { topology } = edited ?? {};
  if (!topology || !('base' in topology)) throw new Error('no patch was sent');
  expect(topology.nodes.changed.length).toBeGreaterThan(0);
  expect([topology.nodes.order, topology.edges, topology.groups.order]).toEqual([
    undefined,
    { changed: [] },
    undefined,
  ]);
});

test('a page that has lost a part says so instead of showing something else', () => {
  const wire = new Wire();
  wire.carry(modelOf(text));
  const sent = wire.sender.model(modelOf(text.replace('10_000', '5_000')), new Set(wire.known));
  expect(new ReceivedParts().model(sent)).toBeUndefined();
});

test('a picture with groups opened is sent as changes of the one before', () => {
  const analysis = analysed(text);
  const [resolved] = analysis.plan.deployments;
  const evaluation = resolved && analysis.evaluationOf(resolved);
  if (!evaluation) throw new Error('the example is not computed');
  const sender = new PictureSender();
  const parts = new ReceivedParts();
  let known: readonly string[] = [];
  for (const opened of [[], ['gpus /front'], ['gpus /front', 'layers /front/l0-1'], ['gpus /front']]) {
    const answer = openedPicture(evaluation, { opened, closed: [] });
    const sent = sender.folded('file:///plan', 'baseline-whole', answer, new Set(known));
    if (!('picture' in sent && 'picture' in answer)) throw new Error('it is not drawn');
    expect('base' in sent.picture.topology).toBe(known.length > 0);
    expect(parts.picture(sent.picture)).toEqual(answer.picture);
    known = [answer.picture.topology.digest, answer.picture.positions.digest];
  }
});
