import { labelOf } from '../../../server/src/cost/figures/quantities.ts';
import type { PreviewTraffic, TrafficLevel } from '../../../server/src/services/preview/trafficProtocol.ts';
import { button, element, hiddenText, replaceChildren } from '../dom.ts';
import { PointerTip } from '../pointerTip.ts';
import type { Shown } from '../state.ts';
import { StepChooser } from '../stepChooser.ts';
import { headOf, scrolling } from '../tables.ts';
import type { Tooltips } from '../tooltip.ts';
import type { Page, View } from '../view.ts';
import { MatrixView } from './matrixView.ts';

/** Bytes by kind of link, by operation, and between GPUs. */
export class TrafficView implements View {
  readonly root = element('div', { class: 'traffic' });
  private readonly tooltips: Tooltips;
  private readonly reveal: (deployment: string, id: string) => void;
  private readonly chooser: StepChooser;
  private readonly numbers = element('div', { class: 'traffic-numbers' });
  private readonly matrix: MatrixView;
  private shown: Shown | undefined;
  private key = '';
  private text = '';
  private highlighted: { readonly deployment: string; readonly ids: ReadonlySet<string> } = {
    deployment: '',
    ids: new Set(),
  };

  constructor({ tips, tooltips, reveal }: Page) {
    this.tooltips = tooltips;
    this.reveal = reveal;
    this.chooser = new StepChooser('Step whose traffic is shown', () => this.render());
    this.matrix = new MatrixView(new PointerTip(tips, 'traffic-tip'), (source) => this.open(source));
    this.root.append(
      element('div', { class: 'view-tools' }, this.chooser.root),
      this.numbers,
      this.matrix.root,
      this.matrix.table,
    );
  }

  show(shown: Shown): void {
    this.shown = shown;
    this.chooser.show(shown.deployment.traffic);
    this.render();
  }

  highlight(deployment: string, ids: readonly string[]): void {
    this.highlighted = { deployment, ids: new Set(ids) };
    if (!this.shown) return;
    this.matrix.highlight(this.marked());
    for (const row of this.numbers.querySelectorAll<HTMLElement>('[data-source]'))
      row.classList.toggle('at-cursor', this.marked().has(row.dataset.source ?? ''));
  }

  themeChanged(): void {
    this.matrix.redraw();
  }

  private render(): void {
    const { shown } = this;
    const traffic = shown && this.chooser.chosen(shown.deployment.traffic);
    if (!shown || !traffic) return;
    const key = `${shown.deployment.name} ${traffic.id}`;
    const text = JSON.stringify(traffic);
    // An edit that changes nothing of the traffic keeps what is opened and selected.
    if (key === this.key && text === this.text) return;
    const isOther = key !== this.key;
    this.key = key;
    this.text = text;
    replaceChildren(
      this.numbers,
      element('p', { class: 'verdict-line' }, traffic.verdict),
      ...traffic.notes.map((note) => element('p', { class: 'hint' }, note)),
      traffic.levels.length > 0 && this.levels(traffic),
      traffic.operations.length > 0 && this.operations(traffic),
    );
    this.matrix.show(traffic, isOther);
    this.highlight(this.highlighted.deployment, [...this.highlighted.ids]);
  }

  private levels({ levels }: PreviewTraffic): HTMLElement {
    return element(
      'section',
      {},
      element('h2', {}, 'By kind of link'),
      element(
        'ul',
        { class: 'legend', 'aria-label': 'Legend' },
        element('li', {}, element('span', { class: 'swatch wire', 'aria-hidden': 'true' }), 'at full bandwidth'),
        element(
          'li',
          {},
          element('span', { class: 'swatch busy', 'aria-hidden': 'true' }),
          'as priced: with start-up and what links reach of their bandwidth',
        ),
        element('li', {}, 'The whole bar is the step; the GPU with the most traffic counts.'),
      ),
      element('ul', { class: 'bars' }, ...levels.map((level) => this.level(level))),
    );
  }

  private level(level: TrafficLevel): HTMLElement {
    const track = element('span', { class: 'bar-track', 'aria-hidden': 'true' });
    const busy = element('span', { class: 'level-busy' });
    busy.style.width = `${Math.min(100, 100 * level.busy)}%`;
    const wire = element('span', { class: 'level-wire' });
    wire.style.width = `${Math.min(100, 100 * level.wire)}%`;
    track.append(busy, wire);
    const most = level.most === undefined ? '' : `; most of it ${level.most}`;
    this.tooltips.attachHover(
      track,
      `${level.label}: ${level.busyText} of the step as priced, ${level.wireText} at full bandwidth${most}`,
    );
    const levelButton = element(
      'button',
      { type: 'button', class: 'bar' },
      element(
        'span',
        { class: 'bar-name' },
        element('strong', {}, level.label),
        element('span', {}, `${level.bytesText} in all, ${level.perGpuText} from one GPU at ${level.bandwidthText}`),
        element(
          'span',
          { class: level.isSaturated ? 'verdict bad' : 'verdict' },
          `${level.isSaturated ? '✗ saturated: ' : ''}${level.busyText} of the step, ${level.wireText} at full bandwidth`,
        ),
      ),
      track,
      hiddenText('Show the cluster in the text'),
    );
    levelButton.addEventListener('click', () => this.open('cluster'));
    return element('li', {}, levelButton);
  }

  private operations({ operations, levels, timeLabel }: PreviewTraffic): HTMLElement {
    const rows = operations.map(({ label, group, bytes, times, time, source }) =>
      element(
        'tr',
        { 'data-source': source },
        element(
          'th',
          { scope: 'row' },
          button(label, { class: 'text-link' }, () => this.open(source)),
        ),
        element('td', { class: 'group' }, group),
        ...bytes.map((text) => element('td', {}, text === '' ? '–' : text)),
        element('td', {}, times),
        element('td', {}, time),
      ),
    );
    return element(
      'section',
      {},
      element('h2', {}, 'By operation'),
      scrolling(
        'Traffic by operation',
        element(
          'table',
          {},
          headOf(['Operation', 'Group', ...levels.map(({ label }) => label), labelOf('times'), timeLabel]),
          element('tbody', {}, ...rows),
        ),
      ),
    );
  }

  private open(source: string): void {
    if (this.shown) this.reveal(this.shown.deployment.name, source);
  }

  private marked(): ReadonlySet<string> {
    return this.highlighted.deployment === this.shown?.deployment.name ? this.highlighted.ids : new Set();
  }
}
