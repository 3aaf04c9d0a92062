import assert from 'node:assert/strict';
import { codeLenses } from '../../server/src/services/annotations/codeLens.ts';
import type { PreviewModel } from '../../server/src/services/preview/protocol.ts';
import { figureOf } from './header.ts';
import { analysisOf, deploymentOf, exampleText, modelOf, shownOf } from './plans.ts';
import { near, only, openExample, type PageTest, textOf } from './tests.ts';

export const viewTests: readonly PageTest[] = [
  {
    title: 'says that it is loading until a model comes',
    async run(open) {
      const panel = await open();
      await panel.page.getByText('Computing the preview').waitFor();
      assert.equal(await panel.page.getByRole('tabpanel').count(), 0);
      await panel.send({ type: 'model', model: modelOf('deployment-analysis') });
      await panel.page.getByRole('tabpanel', { name: 'Time', exact: true }).waitFor();
      assert.equal(await panel.page.getByText('Computing the preview').isVisible(), false);
    },
  },
  {
    title: 'says so when a file has no deployment',
    async run(open) {
      const panel = await open();
      await panel.send({
        type: 'model',
        model: modelOf('deployment-analysis', 'cluster c { node = DGX-H100, count = 1 }\n'),
      });
      await panel.page.getByText('This file has no deployment block').waitFor();
      assert.equal(await panel.page.getByRole('button', { name: 'Export DOT' }).isVisible(), false);
    },
  },
  {
    title: 'gives the reason when nothing can be computed and nothing was before',
    async run(open) {
      const panel = await open();
      const text = exampleText('deployment-analysis').replace('layers  = 4', 'layers  =');
      const model = modelOf('deployment-analysis', text);
      assert.ok(model.stale !== undefined && model.deployments.length === 0);
      await panel.send({ type: 'model', model });
      const reason = panel.page.locator('.nothing p');
      assert.equal(await textOf(reason), model.stale.replaceAll('`', ''));
      assert.equal(await reason.locator('code').count(), model.stale.split('`').length >> 1);
      assert.ok(model.stale.includes('`'));
    },
  },
  {
    title: 'shows the summary of the chosen deployment over every view',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis');
      for (const { name, summary } of model.deployments) {
        await panel.page.getByLabel('Deployment', { exact: true }).selectOption(name);
        for (const view of ['DAG', 'Memory', 'Timeline', 'Traffic', 'Compare']) {
          await panel.tab(view).click();
          for (const { label, text, details = [] } of summary) {
            const figure = panel.page.locator('.summary .figure', { has: figureOf(panel, label) });
            const shown = (await textOf(figure)).replace(/\s+/g, ' ');
            assert.match(shown, new RegExp(escaped(text)), `${label} of ${name} in ${view}`);
            const header = (await textOf(panel.page.locator('header'))).replace(/\s+/g, ' ');
            for (const detail of details) assert.ok(header.includes(detail), `${detail} of ${name} in ${view}`);
          }
        }
      }
    },
  },
  {
    title: 'tells band, formula and source of a figure on hover and on focus',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis');
      const throughput = deploymentOf(model, 'baseline-whole').summary.find(
        ({ label }) => label === 'Throughput per GPU',
      );
      assert.ok(throughput?.band !== undefined);
      const value = panel.page.locator('.summary').getByText(throughput.text, { exact: true });
      const tooltip = panel.page.getByRole('tooltip');
      await value.hover();
      assert.equal(await textOf(tooltip), throughput.tooltip);
      assert.match(throughput.tooltip, /formula: tokens \/ step\nwith tokens .*, step .*\nsource: definition/);
      await panel.tab('DAG').hover();
      await tooltip.waitFor({ state: 'hidden' });
      await value.focus();
      assert.equal(await textOf(tooltip), throughput.tooltip);
      await panel.page.keyboard.press('Escape');
      await tooltip.waitFor({ state: 'hidden' });
    },
  },
  {
    title:
      'says where a figure comes from that is asked about above a deployment, with each edit, until something else is done',
    async run(open) {
      const { panel } = await openExample(open, 'qwen3-235b-h100', { view: 'memory' }, { width: 500, height: 800 });
      const tooltip = panel.page.getByRole('tooltip');
      const [lens] = codeLenses(analysisOf('qwen3-235b-h100')).filter(({ figure }) => figure !== undefined);
      assert.ok(lens?.figure !== undefined && lens.view !== undefined);
      const { deployment, view, figure } = lens;
      const explain = () => panel.send({ type: 'show', view, deployment, figure });
      const textIn = (model: PreviewModel) =>
        only(deploymentOf(model, deployment).summary.filter(({ label }) => label === figure)).tooltip;
      await explain();
      await panel.view(view).waitFor();
      assert.equal(await textOf(tooltip), textIn(modelOf('qwen3-235b-h100')));
      const edited = modelOf('qwen3-235b-h100', exampleText('qwen3-235b-h100').replace('= 128', '= 64'));
      await panel.send({ type: 'model', model: edited });
      assert.match(textIn(edited), /64/);
      assert.equal(await textOf(tooltip), textIn(edited));
      // A page that comes up with the question gets its size while it shows the answer.
      await panel.page.setViewportSize({ width: 460, height: 800 });
      await panel.settle();
      assert.equal(await textOf(tooltip), textIn(edited));
      await panel.send({ type: 'highlight', deployment, nodes: [] });
      await tooltip.waitFor({ state: 'hidden' });
      await explain();
      await panel.page.mouse.click(250, 700);
      await tooltip.waitFor({ state: 'hidden' });
      await panel.send({ type: 'show', view, deployment, figure: 'KV cache' });
      await tooltip.waitFor();
    },
  },
  {
    title: 'lists every node of the graph in the tree, in groups, from the input to the output',
    async run(open) {
      for (const detailed of [false, true]) {
        const { panel, model } = await openExample(open, 'deployment-analysis', { detailed });
        const { overview, ...own } = deploymentOf(model, 'baseline-whole');
        const { topology } = detailed ? own : (overview ?? own);
        const rows = panel.view('dag').locator('[data-node-id]');
        // Expanding from the top: every closed group that is in view is opened with the keyboard.
        await panel.page.getByRole('treeitem').first().focus();
        for (;;) {
          const closed = panel.page.locator('[role=treeitem][aria-expanded=false]').first();
          if ((await closed.count()) === 0) break;
          await closed.click();
        }
        const ids = await rows.evaluateAll((all) => all.map((row) => row.getAttribute('data-node-id') ?? ''));
        assert.deepEqual(ids.toSorted(), topology.nodes.map(({ id }) => id).toSorted());
        assert.equal(ids[0], 'source');
        assert.equal(ids.at(-1), 'sink');
      }
    },
  },
  {
    title: 'shows shapes, costs and neighbours of the selected node',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', { deployment: 'proposed' });
      const { topology } = shownOf(model, 'proposed');
      const experts = topology.nodes.find(({ id }) => id === 'all/l0-3/all/experts');
      assert.ok(experts);
      await panel.page.getByRole('searchbox').fill('stage:all routed');
      await panel.node(experts.id).click();
      const details = panel.page.getByRole('region', { name: 'Selected node' });
      const text = await textOf(details);
      for (const part of [experts.input, experts.output, 'GPUs 0..15', ...experts.facts.flat()])
        assert.ok(text.includes(part), `${part} in ${text}`);
      const before = topology.edges.filter(({ to }) => to === experts.id).length;
      assert.equal(await details.locator('.links', { hasText: 'Comes from' }).getByRole('button').count(), before);
    },
  },
  {
    title: 'draws a memory bar for each kind of GPU, true to scale, with the same numbers as a table',
    async run(open) {
      const { panel, model } = await openExample(open, 'deepseek-v3-h800', { view: 'memory' });
      const { memory } = deploymentOf(model, 'deepseek-v3-32');
      const tracks = panel.view('memory').locator('.bar-track');
      assert.equal(await tracks.count(), memory.length);
      for (const [index, bar] of memory.entries()) {
        const track = await tracks.nth(index).boundingBox();
        const segments = tracks.nth(index).locator('.segment');
        for (const [at, { bytes, name }] of bar.segments.entries()) {
          const box = await segments.nth(at).boundingBox();
          const expected = ((track?.width ?? 0) * bytes) / bar.capacityBytes;
          assert.ok(Math.abs((box?.width ?? 0) - expected) < 2, `${name}: ${box?.width} for ${expected}`);
        }
        const cells = await panel.view('memory').getByRole('row', { name: bar.label }).locator('td').allInnerTexts();
        for (const { text } of bar.segments) assert.ok(cells.includes(text), `${text} in ${cells.join(' | ')}`);
      }
    },
  },
  {
    title: 'says and shows when a GPU is over its capacity',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', {
        view: 'memory',
        deployment: 'baseline-split',
      });
      const [front] = deploymentOf(model, 'baseline-split').memory;
      const bar = panel.view('memory').getByRole('button', { name: /stage front/ });
      assert.match(await textOf(bar), /✗ 20\.5 GiB over/);
      const track = await bar.locator('.bar-track').boundingBox();
      const mark = await bar.locator('.capacity-mark').boundingBox();
      assert.ok(track && mark);
      assert.ok(front?.band);
      // The scale ends where the band of the largest does.
      near(
        (mark.x + 1.5 - track.x) / track.width,
        front.capacityBytes / front.band.high,
        0.005,
        'place of the capacity',
      );
      assert.match(await textOf(panel.page.locator('.summary')), /does not fit/);
    },
  },
  {
    title: 'compares deployments: every figure, the best one marked by more than colour, its provenance on focus',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', { view: 'compare' });
      const { comparison } = model;
      assert.ok(comparison);
      const table = panel.view('compare').locator('table.comparison');
      const heads = (await table.locator('thead th').allInnerTexts()).map((text) => text.split('\n'));
      assert.deepEqual(heads, [
        ['Figure'],
        ...comparison.deployments.map((name) => (deploymentOf(model, name).fits ? [name] : [name, '✗ does not fit'])),
      ]);
      for (const { label, cells } of comparison.rows) {
        const row = table.locator('tr', { has: panel.page.locator('th', { hasText: new RegExp(`^${label}$`) }) });
        assert.deepEqual(
          await row.locator('td .value').allInnerTexts(),
          cells.map(({ text }) => text),
        );
        const shown = await row.locator('td').allInnerTexts();
        assert.deepEqual(
          shown.map((text) => text.includes('★') && text.includes('best')),
          cells.map(({ best }) => best),
        );
      }
      assert.ok(comparison.rows.some(({ cells }) => cells.some(({ best }) => best)));
      const cell = only(comparison.rows.filter(({ label }) => label === 'Utilisation')).cells[2];
      await table.getByText(cell?.text ?? '', { exact: true }).focus();
      assert.equal(await textOf(panel.page.getByRole('tooltip')), cell?.tooltip);
    },
  },
  {
    title: 'says which deployment can be best, by how much each differs from the first, and draws bars to scale',
    async run(open) {
      const { panel } = await openExample(open, 'deployment-analysis', { view: 'compare' });
      await panel.page
        .getByText(
          /^None runs with all its claims held: baseline-whole \(1 claim fails\), baseline-split \(does not fit\), proposed/,
        )
        .waitFor();
      const cells = panel
        .view('compare')
        .getByRole('row', { name: /^Latency/ })
        .locator('td');
      const texts = await cells.allInnerTexts();
      assert.match(texts[2] ?? '', /★ 648 ms[\s\S]*−63\.8 % ✓ better/);
      assert.match(texts[1] ?? '', /\+8\.27 % ✗ worse/);
      const widths = await cells
        .locator('.cell-bar span')
        .evaluateAll((bars) => bars.map((bar) => bar.clientWidth / (bar.parentElement?.clientWidth ?? 1)));
      for (const [index, expected] of [1.79 / 1.94, 1, 0.648 / 1.94].entries())
        near(widths[index] ?? 0, expected, 0.02, `bar ${index}`);
    },
  },
  {
    title: 'lists the claims with what was computed, those of compare statements too, and the six checks',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis', { view: 'compare' });
      const ofCompare = model.comparison?.claims ?? [];
      const groups = [
        ...model.deployments.map(({ name, claims: own }) => [name, own] as const),
        ...[...new Set(ofCompare.map(({ subject }) => subject))].map(
          (subject) => [subject, ofCompare.filter((claim) => claim.subject === subject)] as const,
        ),
      ];
      assert.ok(ofCompare.some(({ name }) => name === 'speedup'));
      assert.ok(model.deployments.some(({ claims }) => claims.findIndex(({ holds }) => !holds) > 0));
      const rows = await panel.view('compare').locator('table.claims tbody tr').allInnerTexts();
      assert.deepEqual(
        rows.map((row) => row.split('\t').map((cell) => cell.trim())),
        groups.flatMap(([subject, own]) => [
          [subject],
          // What fails comes first.
          ...own
            .toSorted((a, b) => Number(a.holds) - Number(b.holds))
            .map(({ name, claimed, computed, holds }) => [name, claimed, computed, holds ? '✓ yes' : '✗ no']),
        ]),
      );
      const checks = panel.view('compare').locator('table.validations tbody tr');
      assert.equal(await checks.count(), 6);
      assert.equal(await checks.getByText('✓ holds').count(), 6 * model.deployments.length);
    },
  },
  {
    title: 'says which deployment it shows by itself, where none was chosen',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis');
      const name = model.deployments[0]?.name;
      assert.notEqual(name, undefined);
      await panel.waitForSent(
        (message) => message.type === 'state' && message.shown === name && message.deployment === undefined,
      );
    },
  },
  {
    title: 'keeps file, view, deployment and folding for a reload, and comes back as it was left',
    async run(open) {
      const { panel, model } = await openExample(open, 'deployment-analysis');
      await panel.page.getByRole('button', { name: 'Fold equal GPUs' }).click();
      await panel.page.getByLabel('Deployment', { exact: true }).selectOption('proposed');
      await panel.tab('Memory').click();
      await panel.waitForSent((message) => message.type === 'state' && message.view === 'memory');
      const { places: _, ...state } = Object(panel.state);
      assert.deepEqual(state, {
        uri: model.uri,
        view: 'memory',
        deployment: 'proposed',
        folded: false,
        folds: {},
        heat: 'time',
        list: true,
        listWidth: 320,
      });

      const again = await open({ state: panel.state });
      await again.send({ type: 'model', model });
      await again.page.getByRole('tab', { name: 'Memory', selected: true }).waitFor();
      assert.equal(await again.page.getByLabel('Deployment', { exact: true }).inputValue(), 'proposed');
      await again.tab('DAG').click();
      assert.equal(
        await again.page.getByRole('button', { name: 'Fold equal GPUs' }).getAttribute('aria-pressed'),
        'false',
      );
    },
  },
  {
    title: 'starts afresh when what was saved is none of its own',
    async run(open) {
      const panel = await open({ state: { view: '<b>', deployment: 7, uri: null } });
      await panel.send({ type: 'model', model: modelOf('deployment-analysis') });
      await panel.page.getByRole('tab', { name: 'Time', exact: true, selected: true }).waitFor();
    },
  },
];

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
