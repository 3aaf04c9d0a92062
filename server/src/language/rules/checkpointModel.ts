import type { Finding, Fix, TextEdit } from '../diagnostic.ts';
import type { SourceFile } from '../source.ts';
import type { BlockNode, Word } from '../tree.ts';
import { enumerate } from '../vocabulary/describe.ts';
import { blockSpec } from '../vocabulary/vocabulary.ts';
import type { Checkpoint, StoredType } from '../vocabulary/words/checkpoints.ts';
import { nodesAt } from '../walk.ts';
import { insertStatements } from './insert.ts';
import { edit } from './run.ts';

/**
 * What to say of a checkpoint that no block is named after, where models are that it may have been made from. Its number types
 * are written beside the model's name: without them it would be another plan.
 */
export function modelOfCheckpoint(
  source: SourceFile,
  { span }: Word,
  { types, format, open }: Checkpoint,
  models: readonly string[],
): Required<Pick<Finding, 'message' | 'fixes'>> {
  const { uri } = source;
  const written = types.length > 0 ? writeTypes(source, span.start, types) : undefined;
  const fixes = models.map((model): Fix => {
    const named = edit(uri, span, model);
    // What would be lost is for a person to give up.
    if (!written)
      return {
        title: `Change to \`${model}\`, without its number types (${format})`,
        edits: [named],
        preferred: false,
      };
    const title = `Change to \`${model}\`${written.what === undefined ? '' : ` and write \`${written.what}\``}`;
    return { title, edits: [named, ...written.edits], preferred: models.length === 1 };
  });
  const said =
    types.length > 0
      ? `Its number types are \`${blockOf(types)}\`${open === undefined ? '' : `; ${open}`}`
      : `Its number types (${format}) have no word here: write the nearest in \`types { }\``;
  return { message: `did you mean ${enumerate(models, 'or')}? ${said}`, fixes };
}

interface Written {
  /** Nothing where all of it is said already. */
  readonly what?: string;
  readonly edits: readonly TextEdit[];
}

/** The edits that say types in the block around an offset; what it says itself stays. Nothing where they cannot be written. */
function writeTypes(source: SourceFile, offset: number, types: readonly StoredType[]): Written | undefined {
  const around = nodesAt(source.tree, offset).findLast((node): node is BlockNode => node.kind === 'block');
  if (!around || !blockSpec(around.keyword.text, 'types')) return undefined;
  const own = around.items.find((item): item is BlockNode => item.kind === 'block' && item.keyword.text === 'types');
  const isSaid = ({ property }: StoredType) =>
    [own, around].some((block) => block?.items.some((item) => item.kind === 'property' && item.key.text === property));
  const left = types.filter((type) => !isSaid(type));
  if (left.length === 0) return { edits: [] };
  const what = own ? statementsOf(left).join(', ') : blockOf(left);
  const edits = insertStatements(source, own ?? around, own ? statementsOf(left) : [what], 'end');
  return edits && { what, edits };
}

function statementsOf(types: readonly StoredType[]): readonly string[] {
  return types.map(({ property, type }) => `${property} = ${type}`);
}

function blockOf(types: readonly StoredType[]): string {
  return `types { ${statementsOf(types).join(', ')} }`;
}
