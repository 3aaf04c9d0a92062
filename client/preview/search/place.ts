/** What of the Search view is kept while the page is away. */
export interface SearchPlace {
  readonly deployment: string;
  /** The `search` block that is shown; empty for the usual search. */
  readonly search?: string;
  /** Values to which it is narrowed, by their keys. */
  readonly narrow: readonly string[];
  /** The metrics of the chart. */
  readonly across?: string;
  readonly up?: string;
}

/** The place that was saved; undefined where the saved text has another form. */
export function readSearchPlace(value: unknown): SearchPlace | undefined {
  if (typeof value !== 'object' || value === null || !('deployment' in value && 'narrow' in value)) return undefined;
  const { deployment, narrow } = value;
  if (typeof deployment !== 'string' || !Array.isArray(narrow)) return undefined;
  const texts = narrow.filter((key: unknown): key is string => typeof key === 'string');
  const [search, across, up] = [
    'search' in value ? value.search : undefined,
    'across' in value ? value.across : undefined,
    'up' in value ? value.up : undefined,
  ];
  return {
    deployment,
    narrow: texts,
    ...(typeof search === 'string' && { search }),
    ...(typeof across === 'string' && { across }),
    ...(typeof up === 'string' && { up }),
  };
}
