import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { LEAST_WIDTH, LONGEST_SIDE } from '../graph/pixels.ts';
import type { Shipped } from '../host/shipped.ts';
import { version } from '../host/version.ts';
import { LAUNCHED } from '../launch/launched.ts';
import { WRITTEN_FORMS } from '../launch/write/forms/index.ts';
import { PARTS } from '../search/run.ts';
import { terminalText } from '../text/terminal.ts';
import { oneLine } from '../text/visible.ts';
import { CannotRun } from './cannotRun.ts';
import { CHECK_FORMATS, check } from './commands/check.ts';
import { COMPARE_FORMATS, compare } from './commands/compare.ts';
import { differences, twoTargets } from './commands/differences.ts';
import { formatFiles } from './commands/format.ts';
import { CLI_GRAPH_FORMATS, type GraphCommandOptions, graph, THEMES } from './commands/graph.ts';
import { importLaunch } from './commands/import.ts';
import { inspectFile } from './commands/inspect.ts';
import { type LaunchOptions, launchFiles } from './commands/launch.ts';
import { PICTURE_FORMATS, type ReportOptions, reportFile } from './commands/report.ts';
import { SEARCH_FORMATS, type SearchOptions, search } from './commands/search.ts';
import { trace } from './commands/trace.ts';
import { plansAt } from './input.ts';
import { tell } from './tell.ts';

/** Exit codes: the work was done and is clean; errors were found; the work could not be done. */
const CLEAN = 0;
const ERRORS_FOUND = 1;
export const COULD_NOT_RUN = 2;
/** The exit code of a mistake in moeplan, like `EX_SOFTWARE` of sysexits.h. */
const INTERNAL_ERROR = 70;

/** Runs the command line and returns the exit code. It writes only to standard output and standard error. */
export async function run(args: readonly string[], shipped: Shipped): Promise<number> {
  let code = CLEAN;
  const program = new Command('moeplan')
    .description('Checks, explains and draws .moeplan files: how a mixture-of-experts model is laid over GPUs.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeErr: (text) => process.stderr.write(terminalText(text)),
      // Messages of commander quote words of arguments, which may hold control characters.
      outputError: (text, write) => write(`${oneLine(text.trimEnd())}\n`),
    })
    .showHelpAfterError('(run `moeplan --help` for the commands)');

  program
    .command('check')
    .description('report what does not fit; exit code 1 when there are errors')
    .argument('<files...>', '.moeplan files, or folders that hold some')
    .addOption(new Option('--format <format>', 'form of the output').choices(CHECK_FORMATS).default('text'))
    .action((files: string[], options: { format: (typeof CHECK_FORMATS)[number] }) => {
      code = check(files.flatMap(plansAt), options.format, shipped) ? CLEAN : ERRORS_FOUND;
    });
  program
    .command('report')
    .description('write the analysis as Markdown')
    .argument('<file>', '.moeplan file')
    .option(
      '-o, --output <file>',
      'write to a file, with a picture of each deployment beside it (REPORT-DEPLOYMENT.svg); files that are there are replaced',
    )
    .addOption(new Option('--pictures <format>', 'form of the pictures (default: svg)').choices(PICTURE_FORMATS))
    .option('--no-pictures', 'write no pictures')
    .addOption(widthOption())
    .addOption(fontOption())
    .action((file: string, options: ReportOptions) => reportFile(file, options, shipped));
  program
    .command('graph')
    .description('draw the DAG of one deployment')
    .argument('<file>', '.moeplan file')
    .option('--deployment <name>', 'the deployment; not needed when the file has only one')
    .addOption(new Option('--format <format>', 'form of the output').choices(CLI_GRAPH_FORMATS).default('svg'))
    .addOption(
      new Option(
        '--theme <theme>',
        'colours of SVG and PNG; both: light, and dark in browsers of readers whose system is (default: both for SVG, light for PNG)',
      ).choices(THEMES),
    )
    .option('--fold', 'draw equal GPUs and layers once, all of their operations open')
    .option('--unfold', 'draw every GPU and layer, as far as 2,000 nodes go (the default of dot and json)')
    .option(
      '--machines',
      'SVG and PNG: draw the machines of each pool, what their GPUs hold and what goes over their links',
    )
    .addOption(widthOption())
    .addOption(fontOption())
    .option('-o, --output <file>', 'write to a file instead of standard output; PNG does not go to a terminal')
    .action((file: string, options: GraphCommandOptions) => graph(file, options, shipped));
  program
    .command('trace')
    .description('write the step of one deployment as a trace for Perfetto')
    .argument('<file>', '.moeplan file')
    .option('--deployment <name>', 'the deployment; not needed when the file has only one')
    .option('-o, --output <file>', 'write to a file instead of standard output')
    .action((file: string, options: { deployment?: string; output?: string }) => trace(file, options, shipped));
  program
    .command('inspect')
    .description('print every computed figure as JSON that follows schemas/inspect.schema.json')
    .argument('<file>', '.moeplan file')
    .option('--deployment <name>', 'only this deployment')
    .addOption(new Option('--format <format>', 'form of the output').choices(['json']).default('json'))
    .action((file: string, options: { deployment?: string }) => inspectFile(file, options.deployment, shipped));
  program
    .command('compare')
    .description(
      'compare deployments of a file side by side; or say what differs between two files (OLD NEW) or two deployments (FILE#A FILE#B)',
    )
    .argument('<file>', '.moeplan file, or FILE#DEPLOYMENT')
    .argument('[names...]', 'deployments, all when left out; or the file to compare with')
    .addOption(new Option('--format <format>', 'form of the output').choices(COMPARE_FORMATS).default('text'))
    .action((file: string, names: string[], { format }: { format: (typeof COMPARE_FORMATS)[number] }) => {
      const two = twoTargets(file, names);
      if (two) differences(two, format, shipped);
      else compare(file, names, format, shipped);
    });
  program
    .command('format')
    .description(
      'bring files into the usual form; with --check change nothing and list those that are not in it, exit code 1 when there are any',
    )
    .argument('<files...>', '.moeplan files')
    .option('--check', 'change nothing')
    .action((files: string[], options: { check?: boolean }) => {
      code = formatFiles(files, options.check === true) ? CLEAN : ERRORS_FOUND;
    });
  program
    .command('import')
    .description(
      'write the plan of a launch: a command of vLLM, SGLang, TensorRT-LLM or Megatron, a manifest, a recipe',
    )
    .argument('<file>', 'script, YAML or overrides, or - for standard input')
    .option('-o, --output <file>', 'write to a file instead of standard output; a file that is there is replaced')
    .option(
      '--defaults',
      'list what the engine takes in place of arguments that decide memory or speed and are not given',
    )
    .action((file: string, options: { output?: string; defaults?: boolean }) => importLaunch(file, options, shipped));
  program
    .command('launch')
    .description('write the scripts, manifests or recipe that start a deployment with its engine')
    .argument('<file>', '.moeplan file')
    .option('--deployment <name>', 'the deployment; not needed when the file has only one')
    .addOption(new Option('--for <form>', 'what is written').choices(Object.keys(WRITTEN_FORMS)).default('shell'))
    .addOption(
      new Option('--engine <name>', "an engine in place of the plan's").choices(LAUNCHED.map(([name]) => name)),
    )
    .option('--engine-version <release>', "a release in place of the plan's: 0.22.0")
    .option(
      '-o, --output <folder>',
      'write the files into a folder instead of standard output; files that are there are replaced',
    )
    .action((file: string, options: LaunchOptions) => launchFiles(file, options, shipped));
  program
    .command('search')
    .description(
      'find the best plans of a search, or of a deployment with other degrees; exit code 1 when no plan holds',
    )
    .argument('<file>', '.moeplan file')
    .argument('[name]', 'a search or a deployment; not needed when the file has only one')
    .addOption(
      new Option('--limit <number>', 'plans that are listed').default(10).argParser((text: string) => {
        const limit = Number(text);
        if (!Number.isInteger(limit) || limit < 1) throw new InvalidArgumentError('It is a whole number from 1.');
        return limit;
      }),
    )
    .addOption(new Option('--format <format>', 'form of the output').choices(SEARCH_FORMATS).default('text'))
    .addOption(
      new Option(
        '--shard <share>',
        'decide one share of the plans, as 3/16, and write it as JSON for --merge',
      ).argParser(shareOf),
    )
    .option('--merge <files...>', 'take the shares of these files in place of a search')
    .option('-o, --output <file>', 'write to a file instead of standard output; a file that is there is replaced')
    .action(async (file: string, name: string | undefined, options: SearchOptions) => {
      code = (await search(file, name, options, shipped)) ? CLEAN : ERRORS_FOUND;
    });
  program
    .command('lsp')
    .description('serve the Language Server Protocol to an editor')
    .option('--stdio', 'over standard input and output (the only way, and the default)')
    .action(async () => {
      const { serveStdio } = await import('./commands/lsp.ts');
      await serveStdio(shipped);
    });
  program
    .command('mcp')
    .description('serve the Model Context Protocol to an assistant, for plans below the working folder')
    .option('--stdio', 'over standard input and output (the only way, and the default)')
    .action(async () => {
      const { serveMcp } = await import('./mcp/serve.ts');
      await serveMcp(shipped);
    });

  try {
    await program.parseAsync([...args], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? CLEAN : COULD_NOT_RUN;
    if (!(error instanceof CannotRun)) return tellInternalError(error);
    tell(error.message);
    return COULD_NOT_RUN;
  }
}

/** `3/16`: the third of sixteen shares. */
function shareOf(text: string): { readonly shard: number; readonly of: number } {
  const [, shard = 0, of = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number);
  if (shard < 1 || shard > of || of > PARTS)
    throw new InvalidArgumentError(`It is a share of at most ${PARTS}, such as 3/16.`);
  return { shard: shard - 1, of };
}

/** The option for the width of a PNG in pixels. */
function widthOption(): Option {
  return new Option(
    '--width <pixels>',
    'PNG: pixels from left to right (default: 2 for each unit of the picture)',
  ).argParser((text: string) => {
    const pixels = Number(text);
    if (!Number.isInteger(pixels) || pixels < LEAST_WIDTH || pixels > LONGEST_SIDE)
      throw new InvalidArgumentError(`It is a whole number of pixels from ${LEAST_WIDTH} to ${LONGEST_SIDE}.`);
    return pixels;
  });
}

/** Tells of a mistake in moeplan in one line, without a stack, which would not help the user. Returns the exit code. */
export function tellInternalError(error: unknown): number {
  const reason = oneLine(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
  tell(
    `internal error (${reason}), which is a mistake of moeplan and not yours: please report it with the command, the plan and this line`,
  );
  return INTERNAL_ERROR;
}

/**
 * The option for fonts with characters that the font of PNG lacks. If it is given several times, the files are tried in order.
 */
function fontOption(): Option {
  return new Option(
    '--font <file>',
    'PNG: a TrueType or OpenType font for characters that Roboto lacks, such as Chinese ones; may be repeated',
  ).argParser((file: string, fontsBefore: readonly string[] | undefined) => [...(fontsBefore ?? []), file]);
}
