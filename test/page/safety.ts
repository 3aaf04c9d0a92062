import assert from 'node:assert/strict';
import { isToPage } from '../../server/src/services/preview/messages.ts';
import type { PreviewModel, SentModel } from '../../server/src/services/preview/protocol.ts';
import { exampleText, modelOf } from './plans.ts';
import { openExample, type PageTest, textOf } from './tests.ts';

const HOSTILE = '<img src=x onerror="window.harmed=1"><b>bold</b>';

export const safetyTests: readonly PageTest[] = [
  {
    title: 'names with markup stay text everywhere',
    async run(open) {
      const panel = await open();
      const model = hostile(modelOf('deployment-analysis'));
      await panel.send({ type: 'model', model });
      const [first] = model.deployments;
      assert.ok(first);
      const drawn = first.overview?.topology;
      assert.ok(drawn && 'nodes' in drawn && Array.isArray(drawn.nodes));
      await panel.tab('DAG').click();
      await panel.node(`source${HOSTILE}`).click();
      for (const view of ['time', 'dag', 'memory', 'timeline', 'traffic', 'compare'] as const) {
        await panel.send({ type: 'show', view });
        assert.ok((await textOf(panel.view(view))).includes(HOSTILE), view);
        assert.equal(await panel.page.locator('img, b').count(), 0, view);
      }
      await panel.send({ type: 'model', model: { ...model, stale: HOSTILE } });
      await panel.page.locator('.banner', { hasText: HOSTILE }).waitFor();
      await panel.page.locator('.summary .value').first().hover();
      assert.ok((await textOf(panel.page.getByRole('tooltip'))).includes(HOSTILE));
      assert.equal(await panel.page.evaluate(() => 'harmed' in window), false);
    },
  },
  {
    title: 'messages that are none of the protocol are ignored',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis');
      const before = await textOf(panel.page.locator('#app'));
      const messages: unknown[] = [
        null,
        7,
        'model',
        {},
        { type: 'model' },
        { type: 'model', model: { ...model, names: 'x' } },
        { type: 'model', model: { ...model, deployments: [{ name: 'x' }] } },
        { type: 'model', model: { ...model, deployments: [{ ...model.deployments[0], overview: {} }] } },
        { type: 'model', model: { ...model, comparison: { deployments: [], rows: [] } } },
        { type: 'model', model: { ...model, deployments: [{ ...model.deployments[0], timelines: {} }] } },
        { type: 'model', model: { ...model, deployments: [{ ...model.deployments[0], traffic: undefined }] } },
        { type: 'show', view: 'settings' },
        { type: 'show', view: 'memory', deployment: 3 },
        { type: 'highlight', deployment: 'baseline-whole', nodes: [1] },
        {
          type: 'model',
          model: {
            ...model,
            deployments: [
              { ...model.deployments[0], positions: { ...model.deployments[0]?.positions, nodes: [Number.NaN] } },
            ],
          },
        },
        { type: 'written', isDone: true, text: 'of no deployment' },
        { type: 'export', deployment: 'baseline-whole', format: 'dot' },
      ];
      for (const message of messages) {
        assert.equal(isToPage(message), false, JSON.stringify(message)?.slice(0, 60));
        await panel.sendRaw(message);
      }
      assert.equal(await textOf(panel.page.locator('#app')), before);
    },
  },
  {
    title: 'a deployment may be called like something that every object has',
    async run(open) {
      const panel = await open();
      const model = modelOf(
        'deployment-analysis',
        exampleText('deployment-analysis').replaceAll('proposed', 'constructor'),
      );
      await panel.send({ type: 'model', model });
      await panel.page.getByLabel('Deployment', { exact: true }).selectOption('constructor');
      for (const view of ['dag', 'memory', 'timeline', 'traffic', 'compare'] as const) {
        await panel.send({ type: 'show', view });
        assert.ok((await textOf(panel.view(view))).length > 0, view);
      }
      await panel.send({ type: 'show', view: 'dag' });
      assert.ok((await panel.view('dag').locator('[data-node-id]').count()) > 0);
      assert.ok(await panel.page.locator('.summary').isVisible());
    },
  },
  {
    title: 'what is not there is asked for once, not for ever',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis');
      const lacking = {
        ...model,
        deployments: model.deployments.map((each) => ({
          ...each,
          topology: { digest: 'unknown', known: true } as const,
        })),
      };
      const asked = () => panel.sent.filter(({ type }) => type === 'ready').length;
      const before = asked();
      for (let count = 0; count < 3; count++) await panel.send({ type: 'model', model: lacking });
      assert.equal(asked(), before + 1);
      await panel.send({ type: 'model', model });
      await panel.send({ type: 'model', model: lacking });
      assert.equal(asked(), before + 2);
    },
  },
  {
    title: 'the policy allows no style, script or request but the extension’s own',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis');
      await panel.page.evaluate(async () => {
        document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
          document.body.dataset.blocked = `${document.body.dataset.blocked ?? ''} ${effectiveDirective}`;
        });
        const script = document.createElement('script');
        script.textContent = 'window.harmed = 1';
        document.body.append(script);
        const style = document.createElement('style');
        style.textContent = 'body { opacity: 0 }';
        document.head.append(style);
        await fetch('https://example.org/').catch(() => undefined);
      });
      for (const directive of ['script-src-elem', 'style-src-elem', 'connect-src'])
        await panel.page.locator(`body[data-blocked*="${directive}"]`).waitFor();
      const after = await panel.page.evaluate(() => ['harmed' in window, getComputedStyle(document.body).opacity]);
      assert.deepEqual(after, [false, '1']);
      // These are the errors that this test has provoked.
      panel.errors.length = 0;
    },
  },
];

/** Every name that a file could choose, and every text made from one, with markup in it. */
function hostile(model: PreviewModel): SentModel {
  const fixed = new Set(['kind', 'type', 'uri', 'digest', 'unit', 'formula', 'stage', 'pattern']);
  const changed: unknown = JSON.parse(JSON.stringify(model), (key, value: unknown) => {
    if (typeof value !== 'string' || fixed.has(key)) return value;
    // A segment's name chooses its colour, a verdict its sign.
    return /^(?:better|worse|changed|same|weights|experts|kv|activations|free|over|buffers|reserve|acyclic|.*-.*placed)$/.test(
      value,
    )
      ? value
      : `${value}${HOSTILE}`;
  });
  const message: unknown = { type: 'model', model: changed };
  assert.ok(isToPage(message) && message.type === 'model');
  return message.model;
}
