import type { Remedy, SettingName } from '../../engines/rule.ts';
import type { Fix, TextEdit } from '../../language/diagnostic.ts';
import type { Entity, Property } from '../../language/entity.ts';
import { insertStatements } from '../../language/rules/insert.ts';
import { edit, removeStatements } from '../../language/rules/run.ts';
import { childOf } from '../values.ts';
import { type DraftPool, isOwnProperty, type PlanContext } from './context.ts';

/*
 * Finds the settings that engines name in the text of a pool, and changes them there.
 */

/** The blocks in which a setting may stand, the nearest first. */
function blocksOf({ resolved, source }: DraftPool, setting: SettingName): readonly (Entity | undefined)[] {
  const { entity } = resolved;
  const [block = ''] = setting.split('.', 1);
  if (block === 'parallel') return [source.parallel];
  if (block === 'pool') return [source.holder, entity];
  if (block === 'workload') return [entity.properties.get('workload')?.target];
  return [childOf(source.holder, block), childOf(entity, block)];
}

/** Where a setting is written for a pool. */
export function propertyOf(draftPool: DraftPool, setting: SettingName): Property | undefined {
  const name = nameOf(setting);
  for (const block of blocksOf(draftPool, setting)) {
    const property = block?.properties.get(name);
    if (property) return property;
  }
  return undefined;
}

function nameOf(setting: SettingName): string {
  return setting.slice(setting.indexOf('.') + 1);
}

/** The edits of all changes of a remedy; no fix where one of them is not of this block, or where nothing would change. */
export function fixOf({ program }: PlanContext, draftPool: DraftPool, remedy: Remedy): Fix[] {
  const edits: TextEdit[] = [];
  const removed: Property[] = [];
  const inserted = new Map<Entity, string[]>();
  const parts: string[] = [];
  for (const { setting, value } of remedy) {
    const property = propertyOf(draftPool, setting);
    if (property && !isOfBlock(draftPool, setting, property)) return [];
    const name = nameOf(setting);
    if (value === undefined) {
      if (!property) continue;
      removed.push(property);
      parts.push(`leave \`${name}\` out`);
      continue;
    }
    if (property) {
      edits.push(edit(property.uri, property.node.value.span, value));
    } else {
      const block = blockFor(draftPool, setting);
      if (!block) return [];
      inserted.set(block, [...(inserted.get(block) ?? []), `${name} = ${value}`]);
    }
    parts.push(`write \`${name} = ${value}\``);
  }
  // Statements that go into the same block are written together, each on its side of a separator.
  for (const [block, statements] of inserted) {
    const written = insertStatements(program.root, block.node, statements, 'end');
    if (!written) return [];
    edits.push(...written);
  }
  edits.push(
    ...removeStatements(
      { source: program.root },
      removed.map(({ node }) => node.span),
    ),
  );
  const title = parts.join(', ');
  return edits.length === 0 || overlap(edits) ? [] : [{ title: title.charAt(0).toUpperCase() + title.slice(1), edits }];
}

/** Whether a setting is written in the deployment itself, or in the workload of the same file. */
function isOfBlock({ resolved }: DraftPool, setting: SettingName, property: Property): boolean {
  const { entity } = resolved;
  return setting.startsWith('workload.') ? property.uri === entity.uri : isOwnProperty(entity, property);
}

/** The block into which a setting that is not there yet belongs. Nothing where that is another file's. */
function blockFor(draftPool: DraftPool, setting: SettingName): Entity | undefined {
  const block = blocksOf(draftPool, setting).find((candidate) => candidate);
  return block?.uri === draftPool.resolved.entity.uri ? block : undefined;
}

function overlap(edits: readonly TextEdit[]): boolean {
  const sorted = edits.toSorted((left, right) => left.span.start - right.span.start);
  return sorted.some(({ span }, index) => span.start < (sorted[index - 1]?.span.end ?? 0));
}
