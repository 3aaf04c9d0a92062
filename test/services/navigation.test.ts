import { describe, test } from 'vitest';
import { expectDefinition, expectNoRename, expectReferences, expectRename } from './expect.ts';

const PLAN = `model «small» { layers = 2, hidden = 1024, attention { heads = 8, head-size = 128 } }
cluster one { node = DGX-H100, count = 1 }
workload few { sequences = 8, length = 128 tokens }
deployment plan { model = «small», cluster = one, workload = few }
model large extends «small» { layers = 4 }
`;
const plain = (text: string) => text.replaceAll(/[«»]/g, '');

describe('definition', () => {
  test.each([
    ['a value', 'model «small» {}\ndeployment d { model = sm$0all }'],
    ['its first letter', 'model «small» {}\ndeployment d { model = $0small }'],
    ['behind its last letter', 'model «small» {}\ndeployment d { model = small$0 }'],
    ['a base', 'cluster «a» {}\ncluster b extends a$0 {}'],
    ['a definition, itself', 'cluster «$0a» {}'],
    ['a constant', 'let «gpus-per-node» = 8\ncluster c { count = gpus-per-$0node * 2 }'],
    ['a stage in an arrow', 'deployment d {\n  stage «front» {}\n  stage back {}\n  fr$0ont -> back\n}'],
    ['a deployment that is compared', 'deployment «a» {}\ndeployment b {}\ncompare a$0, b'],
    ['a pool in an arrow', 'deployment d {\n  pool «prefill» {}\n  pool decode {}\n  pre$0fill -> decode\n}'],
    ['the nearest name, not the catalogue', 'gpu «H100-SXM» { memory = 1 GiB }\nnode n { gpu = H100$0-SXM }'],
  ])('%s', (_, source) => expectDefinition(source));

  test.each([
    ['a name of the catalogue, which is another file', 'node n { gpu = H100-$0SXM }'],
    ['a name that nobody defines', 'node n { gpu = nob$0ody }'],
    ['a keyword', 'mo$0del small {}'],
    ['a number', 'cluster c { count = 1$00 }'],
    ['a comment', '// sma$0ll\nmodel small {}'],
  ])('none: %s', (_, source) => expectDefinition(source));
});

describe('references and rename', () => {
  test.each([
    ['from a use', plain(PLAN).replace('model = small', 'model = «sm$0all»')],
    ['from the definition', plain(PLAN).replace('model small', 'model «$0small»')],
  ])('every use is found %s', (_, source) => {
    const all = source
      .replaceAll(/(?<!«)small/g, '«small»')
      .replace('««', '«')
      .replace('»»', '»');
    expectReferences(all.replace('«$0«small»»', '«$0small»'));
  });

  test('a rename writes every use and nothing else', () => {
    expectRename(
      plain(PLAN).replace('model small', 'model sma$0ll'),
      'tiny-1.5',
      plain(PLAN).replaceAll('small', 'tiny-1.5'),
    );
  });

  test('a constant, also in arithmetic', () => {
    expectRename(
      'let n = 8\nlet twice = $0n * 2 + n\ncluster c { count = twice }\n',
      'per-node',
      'let per-node = 8\nlet twice = per-node * 2 + per-node\ncluster c { count = twice }\n',
    );
  });

  test('a stage keeps equal names elsewhere', () => {
    expectRename(
      'deployment a {\n  stage front$0 {}\n  stage back {}\n  front -> back\n}\ndeployment b {\n  stage front {}\n}\n',
      'head',
      'deployment a {\n  stage head {}\n  stage back {}\n  head -> back\n}\ndeployment b {\n  stage front {}\n}\n',
    );
  });

  test.each([
    ['two words', 'two words', 'is no name'],
    ['a number', '12', 'is no name'],
    ['a number with a unit', '80 GiB', 'is no name'],
    ['nothing', '', 'is no name'],
    ['a line end', 'a\n', 'is no name'],
    ['a comment', 'a//b', 'is no name'],
    ['a brace', 'a{', 'is no name'],
  ])('%s is no name', (_, name, reason) => expectNoRename('model sm$0all {}', name, reason));

  test('a name may begin with a digit', () => {
    expectRename('model sm$0all {}\n', '8b', 'model 8b {}\n');
  });

  test.each([
    ['a model', 'model sm$0all {}\nmodel big {}\n', 'there is a model `big` already'],
    ['a stage beside it', 'deployment d {\n  stage a$0 {}\n  stage big {}\n}\n', 'there is a stage `big` already'],
    ['a constant', 'let n$0 = 1\nlet big = 2\n', 'there is a constant `big` already'],
  ])('a name that is taken is refused: %s', (_, source, reason) => expectNoRename(source, 'big', reason));

  test('a name that another kind of block has is free', () => {
    expectRename('model sm$0all {}\ncluster big {}\n', 'big', 'model big {}\ncluster big {}\n');
  });

  test('names of the catalogue stay', () => expectNoRename('node n { gpu = H100-$0SXM }', 'mine', 'catalogue'));

  test('what is no name is not renamed', () => expectNoRename('model small { la$0yers = 2 }', 'x', 'no name here'));
});
