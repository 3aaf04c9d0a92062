import type { PreviewView } from '../../server/src/services/preview/protocol.ts';
import { element, setAttributes } from './dom.ts';

const TABS: readonly (readonly [view: PreviewView, label: string])[] = [
  ['dag', 'DAG'],
  ['memory', 'Memory'],
  ['timeline', 'Timeline'],
  ['traffic', 'Traffic'],
  ['compare', 'Compare'],
  ['whatif', 'What-if'],
  ['differences', 'Differences'],
];

/** One tab per view and its panel. Arrow keys move between tabs, as in the editor's own. */
export class Tabs {
  readonly list = element('div', { role: 'tablist', 'aria-label': 'Views', class: 'tabs' });
  readonly panels = element('div', { class: 'panels' });
  private readonly tabs = new Map<PreviewView, { readonly tab: HTMLElement; readonly panel: HTMLElement }>();

  constructor(contents: Readonly<Record<PreviewView, HTMLElement>>, choose: (view: PreviewView) => void) {
    for (const [view, label] of TABS) {
      const tab = element(
        'button',
        { type: 'button', role: 'tab', id: `tab-${view}`, 'aria-controls': `panel-${view}` },
        label,
      );
      const panel = element(
        'section',
        { role: 'tabpanel', id: `panel-${view}`, 'aria-labelledby': `tab-${view}`, 'data-view': view, class: 'panel' },
        contents[view],
      );
      tab.addEventListener('click', () => choose(view));
      tab.addEventListener('keydown', (event) => {
        const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        const at = TABS.findIndex(([each]) => each === view);
        const next = TABS.at((at + by) % TABS.length)?.[0] ?? view;
        choose(next);
        this.tabs.get(next)?.tab.focus();
      });
      this.tabs.set(view, { tab, panel });
      this.list.append(tab);
      this.panels.append(panel);
    }
  }

  select(view: PreviewView): void {
    for (const [each, { tab, panel }] of this.tabs) {
      const isSelected = each === view;
      setAttributes(tab, { 'aria-selected': String(isSelected), tabindex: isSelected ? 0 : -1 });
      panel.hidden = !isSelected;
    }
  }
}
