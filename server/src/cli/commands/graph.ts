import type { SvgTheme } from '../../graph/svgPaint.ts';
import type { Shipped } from '../../host/shipped.ts';
import { type ExportOptions, exportGraph, GRAPH_FORMATS } from '../../services/outputs/export.ts';
import { CannotRun } from '../cannotRun.ts';
import { evaluationNamed, filesOf, Loader } from '../load.ts';
import { refuseInputs, write } from '../output.ts';

/** PNG is here because the command line has packages that draw it. The extension draws PNG in its page. */
export const CLI_GRAPH_FORMATS = [...GRAPH_FORMATS, 'png'] as const;

export const THEMES: readonly SvgTheme[] = ['light', 'dark', 'both', 'hc-light', 'hc-dark'];

export interface GraphCommandOptions {
  readonly deployment?: string;
  readonly format: (typeof CLI_GRAPH_FORMATS)[number];
  readonly theme?: SvgTheme;
  readonly fold?: boolean;
  readonly unfold?: boolean;
  readonly machines?: boolean;
  /** The width of a PNG in pixels. */
  readonly width?: number;
  readonly font?: readonly string[];
  readonly output?: string;
}

export async function graph(
  file: string,
  { deployment, format, theme, fold, unfold, machines, width, font, output }: GraphCommandOptions,
  shipped: Shipped,
): Promise<void> {
  if (theme !== undefined && format !== 'svg' && format !== 'png')
    throw new CannotRun(`--theme is for SVG and PNG; ${format} has no colours of its own`);
  if (theme === 'both' && format === 'png')
    throw new CannotRun('--theme both is for SVG, which changes with its reader; a PNG has one: light or dark');
  if (fold && unfold) throw new CannotRun('--fold draws less and --unfold all: leave one of them out');
  if (machines && (fold || unfold))
    throw new CannotRun('--machines draws no operations, so --fold and --unfold say nothing: leave them out');
  if (machines && format !== 'svg' && format !== 'png')
    throw new CannotRun(`--machines is for SVG and PNG; ${format} has the operations: leave it out`);
  if (width !== undefined && format !== 'png')
    throw new CannotRun(`--width is for PNG; ${format} has no pixels: leave it out`);
  if (font !== undefined && format !== 'png')
    throw new CannotRun(`--font is for PNG; ${format} is set in the fonts of its reader: leave it out`);
  if (format === 'png' && output === undefined && process.stdout.isTTY)
    throw new CannotRun(
      'standard output is a terminal, and PNG is no text: write it to a file, `-o graph.png`, or send it on with | or >',
    );
  const analysis = new Loader(shipped).load(file);
  const inputs = [...filesOf(file, analysis), ...(font ?? [])];
  if (output !== undefined) refuseInputs([{ file: output }], inputs);
  const evaluation = evaluationNamed(analysis, file, deployment);
  if (machines && evaluation.deployment.pools.length < 2)
    throw new CannotRun(
      `--machines is for plans of several pools, and ${evaluation.deployment.name} has one: leave it out`,
    );
  const detail: ExportOptions['detail'] = machines ? 'machines' : fold ? 'folded' : unfold ? 'each' : undefined;
  const options = { ...(detail && { detail }), ...(theme && { theme }) };
  if (format === 'png') {
    const { pngDrawer, tellUnknown } = await import('../formats/png.ts');
    const draw = await pngDrawer(font, machines ? ['--machines'] : fold ? ['--fold'] : unfold ? ['--unfold'] : []);
    const { bytes, unknown } = draw(exportGraph(evaluation, 'svg', { theme: 'light', ...options }), width);
    write(bytes, output, inputs);
    return tellUnknown(unknown);
  }
  const text = exportGraph(evaluation, format, options);
  write(text.endsWith('\n') ? text : `${text}\n`, output, inputs);
}
