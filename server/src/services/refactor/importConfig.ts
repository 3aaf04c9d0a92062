import type { TextEdit } from '../../language/diagnostic.ts';
import { relativePath } from '../../language/paths.ts';
import { decodePart } from '../../text/fileName.ts';
import type { Analysis } from '../analysis.ts';
import { newlineOf } from './refactoring.ts';

export interface ImportedConfig {
  /** The new model's name, unused so far. */
  readonly name: string;
  readonly edit: TextEdit;
}

/**
 * Adds a model that reads a Hugging Face config: after the last model of the document, otherwise after its imports,
 * otherwise at the top. Undefined for a config that no path of the document can reach. `config` is the config's text, if it
 * could be read.
 */
export function importConfig(
  analysis: Analysis,
  configUri: string,
  config: string | undefined,
): ImportedConfig | undefined {
  const path = relativePath(analysis.uri, configUri);
  if (path === undefined) return undefined;
  const { source, uri, program } = analysis;
  const newline = newlineOf(source);
  const taken = new Set(program.entities.map(({ name }) => name));
  const base = nameFor(configUri, config);
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}-${number}`;
  const statement = `model ${name} from ${JSON.stringify(path)}`;
  const { items } = source.tree;
  const above =
    items.findLast((item) => item.kind === 'block' && item.keyword.text === 'model') ??
    items.findLast((item) => item.kind === 'import');
  const at = above?.span.end ?? topOf(source.text);
  const text = above ? `${newline}${newline}${statement}` : `${statement}${newline}${newline}`;
  return { name, edit: { uri, span: { start: at, end: at }, text } };
}

/** After a comment that opens the file and is followed by an empty line. */
function topOf(text: string): number {
  return /^\ufeff?(?:(?:[ \t]*\/\/[^\r\n]*(?:\r\n|\n|\r))+(?:[ \t]*(?:\r\n|\n|\r))+)?/.exec(text)?.[0].length ?? 0;
}

/** The config's name for its model, otherwise the name of its folder: `mixtral-8x7b/config.json`. */
export function nameFor(uri: string, config: string | undefined): string {
  const [file = '', folder = ''] = uri.split('/').reverse().map(decodePart);
  const stem = file.replace(/\.json$/, '');
  const candidates = [pathIn(config)?.split('/').at(-1), stem === 'config' ? folder : stem, stem];
  return candidates.map((candidate) => wordOf(candidate ?? '')).find((word) => word !== '') ?? 'imported';
}

function pathIn(config: string | undefined): string | undefined {
  try {
    const parsed: unknown = JSON.parse(config ?? '');
    const path = typeof parsed === 'object' && parsed !== null && '_name_or_path' in parsed && parsed._name_or_path;
    return typeof path === 'string' ? path : undefined;
  } catch {
    // The config is not JSON. The rule `config-not-json` reports that once the model is written.
    return undefined;
  }
}

/** The text as a name of the language: words of letters and digits, joined by `-` or `.`. Empty when it has no letter. */
function wordOf(text: string): string {
  const word = text.replace(/[^\p{L}\p{N}_.-]+/gu, '-').replace(/^[^\p{L}]+|[^\p{L}\p{N}]+$/gu, '');
  return word.replace(/[-.]{2,}/g, '-');
}
