import type { FileAnalysis, Reported } from '../analysis.ts';
import type { Rule } from '../diagnostic.ts';
import { ambiguousName } from './ambiguous-name.ts';
import { configNotJson } from './config-not-json.ts';
import { duplicateBlock } from './duplicate-block.ts';
import { duplicateName } from './duplicate-name.ts';
import { duplicateProperty } from './duplicate-property.ts';
import { extendsCycle } from './extends-cycle.ts';
import { fileNotRead } from './file-not-read.ts';
import { importCycle } from './import-cycle.ts';
import { importNotFound } from './import-not-found.ts';
import { importOutsideWorkspace } from './import-outside-workspace.ts';
import { inheritsTooMuch } from './inherits-too-much.ts';
import { launchNotWhole } from './launch-not-whole.ts';
import { launchesNothing } from './launches-nothing.ts';
import { letCycle } from './let-cycle.ts';
import { misplacedBlock } from './misplaced-block.ts';
import { missingProperty } from './missing-property.ts';
import { missingUnit } from './missing-unit.ts';
import { numberOutOfRange } from './number-out-of-range.ts';
import { unclosedBlock } from './unclosed-block.ts';
import { unexpectedToken } from './unexpected-token.ts';
import { unknownBlock } from './unknown-block.ts';
import { unknownProperty } from './unknown-property.ts';
import { unresolvedName } from './unresolved-name.ts';
import { unusedImport } from './unused-import.ts';
import { unusedName } from './unused-name.ts';
import { wrongType } from './wrong-type.ts';
import { wrongUnit } from './wrong-unit.ts';

/**
 * The rules whose findings follow from a block's own text and the meaning of its names. Their findings are kept with the block,
 * unless a rule says that it has looked farther.
 */
export const BLOCK_RULES: readonly Rule<Reported>[] = [
  unknownBlock,
  unknownProperty,
  misplacedBlock,
  duplicateProperty,
  duplicateBlock,
  wrongType,
  wrongUnit,
  missingUnit,
  numberOutOfRange,
];

/** The rules of the syntax and names families. They report everything that can be said about a file without its plan. */
export const LANGUAGE_RULES: readonly Rule<FileAnalysis>[] = [
  unexpectedToken,
  unclosedBlock,
  unknownBlock,
  unknownProperty,
  misplacedBlock,
  duplicateProperty,
  duplicateBlock,
  missingProperty,
  wrongType,
  wrongUnit,
  missingUnit,
  numberOutOfRange,
  unresolvedName,
  ambiguousName,
  duplicateName,
  unusedName,
  unusedImport,
  importNotFound,
  importOutsideWorkspace,
  fileNotRead,
  importCycle,
  extendsCycle,
  inheritsTooMuch,
  letCycle,
  configNotJson,
  launchesNothing,
  launchNotWhole,
];
