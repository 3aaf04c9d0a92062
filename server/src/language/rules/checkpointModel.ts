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
 * A finding for a checkpoint that no block is named after, if there are models that it may have been made from. Its number types
 * are written beside the model's name, because without them it would be another plan.
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
    // Only the user may give up the number types.
    if (!written)
      return {
        title: `Change to \`${model}\`, without its number types (${format})`,
        edits: [named],
        preferred: false,
      };
    const added = written.what === undefined ? '' : ` and write \`${written.what}\``;
    const kept = written.kept.length === 0 ? '' : `, keeping \`${written.kept.join(', ')}\``;
    // Types that are written and differ from the checkpoint's are for a person to judge.
    const isClear = models.length === 1 && written.kept.length === 0;
    return { title: `Change to \`${model}\`${added}${kept}`, edits: [named, ...written.edits], preferred: isClear };
  });
  const typesSentence =
    types.length > 0
      ? `Its number types are \`${blockOf(types)}\`${open === undefined ? '' : `; ${open}`}`
      : `Its number types (${format}) have no word here: write the nearest in \`types { }\``;
  return { message: `did you mean ${enumerate(models, 'or')}? ${typesSentence}`, fixes };
}

interface Written {
  /** Undefined if nothing is added. */
  readonly what?: string;
  /** Statements that are written already and say another type than the checkpoint has. */
  readonly kept: readonly string[];
  readonly edits: readonly TextEdit[];
}

/**
 * The edits that write types into the block around an offset. Types that the block already sets stay. Undefined where the types
 * cannot be written.
 */
function writeTypes(source: SourceFile, offset: number, types: readonly StoredType[]): Written | undefined {
  const enclosingBlock = nodesAt(source.tree, offset).findLast((node): node is BlockNode => node.kind === 'block');
  if (!enclosingBlock || !blockSpec(enclosingBlock.keyword.text, 'types')) return undefined;
  const typesBlock = enclosingBlock.items.find(
    (item): item is BlockNode => item.kind === 'block' && item.keyword.text === 'types',
  );
  const textOf = ({ property }: StoredType) =>
    [typesBlock, enclosingBlock]
      .flatMap((block) => block?.items ?? [])
      .flatMap((item) =>
        item.kind === 'property' && item.key.text === property
          ? [source.text.slice(item.value.span.start, item.value.span.end)]
          : [],
      )[0];
  const kept = types.flatMap((stored) => {
    const text = textOf(stored);
    return text === undefined || text === stored.type ? [] : [`${stored.property} = ${text}`];
  });
  const missingTypes = types.filter((stored) => textOf(stored) === undefined);
  if (missingTypes.length === 0) return { edits: [], kept };
  const what = typesBlock ? statementsOf(missingTypes).join(', ') : blockOf(missingTypes);
  const edits = insertStatements(
    source,
    typesBlock ?? enclosingBlock,
    typesBlock ? statementsOf(missingTypes) : [what],
    'end',
  );
  return edits && { what, kept, edits };
}

function statementsOf(types: readonly StoredType[]): readonly string[] {
  return types.map(({ property, type }) => `${property} = ${type}`);
}

function blockOf(types: readonly StoredType[]): string {
  return `types { ${statementsOf(types).join(', ')} }`;
}
