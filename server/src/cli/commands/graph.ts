import type { ThemeKind } from '../../graph/palette.ts';
import type { Shipped } from '../../host/shipped.ts';
import { exportGraph, GRAPH_FORMATS } from '../../services/export.ts';
import { CannotRun, evaluationNamed, Loader, write } from '../load.ts';

/** PNG is known to the command line only to say how to get one. */
export const CLI_GRAPH_FORMATS = [...GRAPH_FORMATS, 'png'] as const;

export const THEMES: readonly ThemeKind[] = ['light', 'dark', 'hc-light', 'hc-dark'];

export interface GraphCommandOptions {
  readonly deployment?: string;
  readonly format: (typeof CLI_GRAPH_FORMATS)[number];
  readonly theme?: ThemeKind;
  readonly fold?: boolean;
  readonly output?: string;
}

export function graph(
  file: string,
  { deployment, format, theme, fold, output }: GraphCommandOptions,
  shipped: Shipped,
): void {
  if (format === 'png')
    throw new CannotRun(
      'the command line cannot draw pixels: choose Export, PNG in the preview, or have an SVG of one theme converted: `moeplan graph FILE --format svg --theme light | rsvg-convert -o graph.png`',
    );
  if (theme !== undefined && format !== 'svg')
    throw new CannotRun(`--theme is for SVG; ${format} has no colours of its own`);
  const evaluation = evaluationNamed(new Loader(shipped).load(file), file, deployment);
  const folded = fold ? ({ gpus: 'folded', layers: 'folded', experts: 'grouped' } as const) : {};
  const text = exportGraph(evaluation, format, folded, theme);
  write(text.endsWith('\n') ? text : `${text}\n`, output);
}
