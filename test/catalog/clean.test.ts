import { expect, test } from 'vitest';
import { analyseDocument } from '../../server/src/services/analysis.ts';
import { diagnose } from '../../server/src/services/findings/diagnostics.ts';
import { CATALOG, catalogSources } from './catalog.ts';

test.each([...CATALOG])('%s has no finding of any severity', (uri, text) => {
  const found = diagnose(analyseDocument(uri, catalogSources()));
  expect(found.map(({ rule, message, span }) => `${rule}: ${message} (${text.slice(span.start, span.end)})`)).toEqual(
    [],
  );
});
