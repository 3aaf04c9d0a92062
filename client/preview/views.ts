import type { PreviewView } from '../../server/src/services/preview/views.ts';
import { CompareView } from './compare/view.ts';
import { type DagActions, DagView } from './dag/view.ts';
import { DifferencesView } from './differences/view.ts';
import { MemoryView } from './memory/view.ts';
import { SearchView } from './search/view.ts';
import { TimeView } from './time/view.ts';
import { TimelineView } from './timeline/view.ts';
import { TrafficView } from './traffic/view.ts';
import type { Page, View } from './view.ts';
import { WhatIfView } from './whatif/view.ts';

/**
 * Every view of the preview. The page asks the graph's view for pictures with groups opened, so it knows that view by its class.
 */
export type Views = Readonly<Record<PreviewView, View>> & { readonly dag: DagView };

export function makeViews(page: Page, dag: Pick<DagActions, 'chosen'>): Views {
  return {
    time: new TimeView(page),
    dag: new DagView(page, dag),
    memory: new MemoryView(page),
    timeline: new TimelineView(page),
    traffic: new TrafficView(page),
    compare: new CompareView(page),
    search: new SearchView(page),
    whatif: new WhatIfView(page),
    differences: new DifferencesView(page),
  };
}
