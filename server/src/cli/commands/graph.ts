import type { ThemeKind } from '../../graph/palette.ts';
import type { Shipped } from '../../host/shipped.ts';
import { exportGraph, GRAPH_FORMATS } from '../../services/export.ts';
import { CannotRun, evaluationNamed, Loader, write } from '../load.ts';

/** PNG is drawn by packages that are beside the command line, so only it has it; the extension has its page. */
export const CLI_GRAPH_FORMATS = [...GRAPH_FORMATS, 'png'] as const;

export const THEMES: readonly ThemeKind[] = ['light', 'dark', 'hc-light', 'hc-dark'];

export interface GraphCommandOptions {
  readonly deployment?: string;
  readonly format: (typeof CLI_GRAPH_FORMATS)[number];
  readonly theme?: ThemeKind;
  readonly fold?: boolean;
  readonly output?: string;
}

export async function graph(
  file: string,
  { deployment, format, theme, fold, output }: GraphCommandOptions,
  shipped: Shipped,
): Promise<void> {
  if (theme !== undefined && format !== 'svg' && format !== 'png')
    throw new CannotRun(`--theme is for SVG and PNG; ${format} has no colours of its own`);
  const evaluation = evaluationNamed(new Loader(shipped).load(file), file, deployment);
  const folded = fold ? ({ gpus: 'folded', layers: 'folded', experts: 'grouped' } as const) : {};
  if (format === 'png') {
    const { pngOf } = await import('../formats/png.ts');
    return write(await pngOf(exportGraph(evaluation, 'svg', folded, theme ?? 'light')), output);
  }
  const text = exportGraph(evaluation, format, folded, theme);
  write(text.endsWith('\n') ? text : `${text}\n`, output);
}
