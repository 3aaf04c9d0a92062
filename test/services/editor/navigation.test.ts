import { describe, expect, test } from 'vitest';
import { parseSource } from '../../../server/src/language/source.ts';
import {
  type HierarchyCall,
  placedBy,
  places,
  prepareHierarchy,
} from '../../../server/src/services/navigation/placementHierarchy.ts';
import { selectionRanges } from '../../../server/src/services/navigation/selection.ts';
import { typeDefinition } from '../../../server/src/services/navigation/typeDefinition.ts';
import { workspaceSymbols } from '../../../server/src/services/navigation/workspaceSymbols.ts';
import { linkedRanges } from '../../../server/src/services/refactor/linkedEditing.ts';
import { analysisAt, CATALOG, cursorIn, SMALL_PLAN, sourceOf } from './support.ts';

const STAGED = `${SMALL_PLAN}deployment d {
  model = small, cluster = two-nodes, workload = batch
  parallel { tp = 8, pp = 2, ep = 8 }
  stage front { layers = 0..1, gpus = 0..7 }
  stage back { layers = 2..3, gpus = 8..15 }
  front -> back
}
`;

describe('workspace symbols', () => {
  const files = [sourceOf(`let depth = 3\n${STAGED}`), ...[...CATALOG].map(([uri, text]) => parseSource(uri, text))];
  const names = (query: string) => workspaceSymbols(files, query).map(({ name }) => name);

  test('letters in their order find a name, closer ones first', () => {
    expect(names('h100-sxm')).toEqual(['H100-SXM']);
    expect(names('dgxh1')).toEqual(['DGX-H100']);
    expect(names('fron')).toEqual(['front']);
    expect(names('depth')).toEqual(['depth']);
    expect(names('qqqq')).toEqual([]);
    expect(names('h200')[0]).toBe('H200-SXM');
  });

  test('a stage says where it belongs', () => {
    expect(workspaceSymbols(files, 'back')[0]).toMatchObject({ container: 'stage of d', kind: 'block' });
  });
});

test('a selection grows from the unit to the whole text', () => {
  const { text, offset } = cursorIn('gpu g {\n  memory = 80 Gi$0B // much\n}\n');
  const grown = selectionRanges(sourceOf(text), offset).map(({ start, end }) => text.slice(start, end));
  expect(grown).toEqual([
    'GiB',
    '80 GiB',
    'memory = 80 GiB',
    'memory = 80 GiB // much',
    '{\n  memory = 80 GiB // much\n}',
    'gpu g {\n  memory = 80 GiB // much\n}',
    text,
  ]);
  const comment = cursorIn('let a = 1 // w$0hy\n');
  expect(selectionRanges(sourceOf(comment.text), comment.offset).length).toBe(2);
});

describe('linked editing', () => {
  const linked = (marked: string) => {
    const { analysis, offset } = analysisAt(marked);
    return linkedRanges(analysis, offset).map(({ start, end }) => analysis.source.text.slice(start, end));
  };

  test('a stage is typed together with its arrows, from either end', () => {
    expect(linked(STAGED.replace('stage front', 'stage fro$0nt'))).toEqual(['front', 'front']);
    expect(linked(STAGED.replace('-> back', '-> b$0ack'))).toEqual(['back', 'back']);
  });

  test('names that other files may use are not', () => {
    expect(linked(STAGED.replace('model small', 'model sm$0all'))).toEqual([]);
    expect(linked(STAGED.replace('layers = 0..1', 'lay$0ers = 0..1'))).toEqual([]);
  });
});

describe('type definition', () => {
  const found = (marked: string) => {
    const { analysis, offset } = analysisAt(marked);
    const location = typeDefinition(analysis, offset);
    const text = location && analysis.program.files.get(location.uri)?.text;
    return text && location ? text.slice(location.span.start, location.span.end) : undefined;
  };

  test.each([
    [STAGED.replace('deployment d', 'deployment $0d'), 'small'],
    [STAGED.replace('stage front', 'stage $0front'), 'small'],
    [STAGED.replace('cluster two-nodes', 'cluster $0two-nodes'), 'DGX-H100'],
    [STAGED.replace('node = DGX-H100', 'node = $0DGX-H100'), 'H100-SXM'],
    [`${STAGED}deployment e extends d { }\n`.replace('deployment e', 'deployment $0e'), 'd'],
    [STAGED.replace('model small', 'model $0small'), undefined],
  ])('%#', (marked, expected) => {
    expect(found(marked)).toBe(expected);
  });
});

describe('call hierarchy', () => {
  const names = (calls: readonly HierarchyCall[]) => calls.map(({ item }) => `${item.name} (${item.detail})`);
  const start = (marked: string) => {
    const { analysis, offset } = analysisAt(marked);
    const item = prepareHierarchy(analysis, offset);
    return { analysis, item, thing: item?.thing };
  };

  test('a GPU is placed by its stage, and holds experts', () => {
    const { analysis, item, thing } = start(STAGED.replace('gpus = 8..15', 'gpus = $08..15'));
    expect(item?.name).toBe('GPU 8');
    if (!thing) throw new Error('no item');
    expect(names(placedBy(analysis, thing))).toEqual(['back (layers 2..3)']);
    expect(names(places(analysis, thing))).toEqual(['Expert 0 (layers 2..3)', 'Expert 1 (layers 2..3)']);
  });

  const BY_HAND = STAGED.replace(
    'front -> back',
    'expert 0..1 on gpu 3\n  expert 2..15 on gpu [0..2, 4..7]\n  front -> back',
  );

  test('an expert placed by hand leads to its line, and to its GPU', () => {
    const { analysis, item, thing } = start(BY_HAND.replace('expert 0..1', 'expert 0..$01'));
    expect(item?.name).toBe('Expert 1');
    if (!thing) throw new Error('no item');
    expect(names(placedBy(analysis, thing))).toEqual([
      'expert 0..1 on gpu 3 (stage front)',
      'etp 1 x ep 8 x edp 1 (stage back, layers 2..3)',
    ]);
    expect(names(places(analysis, thing))).toEqual(['GPU 3 (layers 0..1)', 'GPU 8 (layers 2..3)']);
  });

  test('a GPU names the lines that put experts on it', () => {
    const { analysis, thing } = start(BY_HAND.replace('on gpu 3', 'on gpu $03'));
    if (!thing) throw new Error('no item');
    expect(names(placedBy(analysis, thing))).toEqual(['front (layers 0..1)', 'expert 0..1 on gpu 3 (stage front)']);
  });

  test('other numbers start nothing', () => {
    expect(start(STAGED.replace('tp = 8', 'tp = $08')).item).toBeUndefined();
    expect(start(STAGED.replace('layers = 0..1', 'layers = $00..1')).item).toBeUndefined();
  });
});
