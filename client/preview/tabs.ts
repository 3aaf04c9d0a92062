import { type PreviewView, VIEWS, views } from '../../server/src/services/preview/views.ts';
import { element, setAttributes } from './dom.ts';

/** One tab per view and its panel. Arrow keys move between tabs, as in the editor itself. */
export class Tabs {
  readonly list = element('div', { role: 'tablist', 'aria-label': 'Views', class: 'tabs' });
  readonly panels = element('div', { class: 'panels' });
  private readonly tabs = new Map<PreviewView, { readonly tab: HTMLElement; readonly panel: HTMLElement }>();

  constructor(
    contents: Readonly<Record<PreviewView, { readonly root: HTMLElement }>>,
    choose: (view: PreviewView) => void,
  ) {
    const order = views();
    for (const view of order) {
      const tab = element(
        'button',
        { type: 'button', role: 'tab', id: `tab-${view}`, 'aria-controls': `panel-${view}` },
        VIEWS[view],
      );
      const panel = element(
        'section',
        { role: 'tabpanel', id: `panel-${view}`, 'aria-labelledby': `tab-${view}`, 'data-view': view, class: 'panel' },
        contents[view].root,
      );
      tab.addEventListener('click', () => choose(view));
      tab.addEventListener('keydown', (event) => {
        const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        const next = order.at((order.indexOf(view) + by) % order.length) ?? view;
        choose(next);
        this.tabs.get(next)?.tab.focus();
      });
      this.tabs.set(view, { tab, panel });
      this.list.append(tab);
      this.panels.append(panel);
    }
  }

  focus(view: PreviewView): void {
    this.tabs.get(view)?.tab.focus();
  }

  select(view: PreviewView): void {
    for (const [shownView, { tab, panel }] of this.tabs) {
      const isSelected = shownView === view;
      setAttributes(tab, { 'aria-selected': String(isSelected), tabindex: isSelected ? 0 : -1 });
      panel.hidden = !isSelected;
      // A narrow panel shows some tabs at a time.
      if (isSelected) tab.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    }
  }
}
