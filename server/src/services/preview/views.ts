/** The views of the preview and their tabs, in order. */
export const VIEWS = {
  time: 'Time',
  dag: 'DAG',
  memory: 'Memory',
  timeline: 'Timeline',
  traffic: 'Traffic',
  compare: 'Compare',
  search: 'Search',
  whatif: 'What-if',
  differences: 'Differences',
} as const satisfies Readonly<Record<string, string>>;

export type PreviewView = keyof typeof VIEWS;

export function isView(view: unknown): view is PreviewView {
  return typeof view === 'string' && Object.hasOwn(VIEWS, view);
}

export function views(): readonly PreviewView[] {
  return Object.keys(VIEWS).filter(isView);
}
