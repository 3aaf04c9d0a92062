import { isFormatWith } from './exportFormats.ts';
import type { FromPage, ToPage } from './protocol.ts';
import { isView } from './views.ts';

/**
 * Messages between the extension and the page cross a boundary: each side looks before it believes. A model is checked
 * for what the page iterates over; its inside was made by our own server.
 */

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOptionalText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isModel(value: unknown): boolean {
  return (
    isFields(value) &&
    typeof value.uri === 'string' &&
    typeof value.version === 'number' &&
    isTexts(value.names) &&
    isOptionalText(value.stale) &&
    Array.isArray(value.deployments) &&
    value.deployments.every(isDeployment) &&
    (value.comparison === undefined || isComparison(value.comparison))
  );
}

function isComparison(value: unknown): boolean {
  return isFields(value) && isTexts(value.deployments) && [value.rows, value.claims].every(Array.isArray);
}

function isDeployment(value: unknown): boolean {
  if (!isFields(value) || typeof value.name !== 'string') return false;
  return (
    isPicture(value) &&
    (value.overview === undefined || isPicture(value.overview)) &&
    [value.summary, value.memory, value.timelines, value.traffic, value.validations, value.claims].every(Array.isArray)
  );
}

function isPicture(value: unknown): boolean {
  return isFields(value) && isTopology(value.topology) && isPositions(value.positions);
}

/** A part that the page has already. */
function isReference(value: Fields): boolean {
  return value.known === true && typeof value.digest === 'string';
}

function isTopology(value: unknown): boolean {
  if (!isFields(value) || typeof value.digest !== 'string') return false;
  if (isReference(value)) return true;
  const lists = [value.nodes, value.edges, value.groups];
  return lists.every(typeof value.base === 'string' ? isListPatch : isItems);
}

function isListPatch(value: unknown): boolean {
  return isFields(value) && (value.order === undefined || isTexts(value.order)) && isItems(value.changed);
}

function isItems(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => isFields(item) && typeof item.id === 'string');
}

function isPositions(value: unknown): boolean {
  if (!isFields(value) || typeof value.digest !== 'string') return false;
  if (isReference(value)) return true;
  const { nodes, groups, edges } = value;
  const isPlaced = [value.width, value.height].every(Number.isFinite) && [nodes, groups].every(isNumbers);
  return isPlaced && Array.isArray(edges) && edges.every(isNumbers);
}

/** Places and sizes: one that is no number would take the whole picture out of sight. */
function isNumbers(value: unknown): boolean {
  return Array.isArray(value) && value.every(Number.isFinite);
}

function isFolds(value: unknown): boolean {
  return isFields(value) && isTexts(value.opened) && isTexts(value.closed);
}

function isFoldedPicture(value: unknown): boolean {
  return (
    isFields(value) && (value.refused === undefined ? isPicture(value.picture) : typeof value.refused === 'string')
  );
}

export function isToPage(value: unknown): value is ToPage {
  if (!isFields(value)) return false;
  switch (value.type) {
    case 'model':
      return isModel(value.model);
    case 'folded':
      return typeof value.deployment === 'string' && isFolds(value.folds) && isFoldedPicture(value.answer);
    case 'highlight':
      return typeof value.deployment === 'string' && isTexts(value.nodes);
    case 'show':
      return (
        isView(value.view) && isOptionalText(value.deployment) && (value.nodes === undefined || isTexts(value.nodes))
      );
    case 'whatIf':
      return isSequence(value.sequence) && (isFailed(value.answer) || isWhatIfAnswer(value.answer));
    case 'written':
      return (
        typeof value.deployment === 'string' && typeof value.isDone === 'boolean' && typeof value.text === 'string'
      );
    case 'differences':
      return isSequence(value.sequence) && (isFailed(value.answer) || isDifferencesAnswer(value.answer));
    case 'rasterise':
      return typeof value.deployment === 'string' && typeof value.svg === 'string';
    default:
      return false;
  }
}

function isSequence(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value);
}

function isFailed(value: unknown): boolean {
  return isFields(value) && typeof value.failed === 'string';
}

function isWhatIfAnswer(value: unknown): boolean {
  return (
    isFields(value) &&
    typeof value.deployment === 'string' &&
    Array.isArray(value.knobs) &&
    value.knobs.every((knob) => isFields(knob) && typeof knob.name === 'string' && Array.isArray(knob.steps)) &&
    [value.rows, value.findings].every((list) => list === undefined || Array.isArray(list)) &&
    isOptionalText(value.invalid)
  );
}

function isDifferencesAnswer(value: unknown): boolean {
  if (!isFields(value)) return false;
  if (typeof value.unavailable === 'string') return true;
  const { differences, notes } = value;
  if (!isFields(differences) || !isTexts(notes)) return false;
  const { picture, experts, properties, figures, memory } = differences;
  return (
    isFields(picture) &&
    isFields(experts) &&
    [picture.nodes, picture.edges, picture.groups, experts.moved, properties, figures, memory].every(Array.isArray)
  );
}

function isChanges(value: unknown): boolean {
  return isFields(value) && Object.values(value).every(Number.isFinite);
}

function isBase(value: unknown): boolean {
  return value === 'last-commit' || (isFields(value) && typeof value.deployment === 'string');
}

/** A PNG in base64: what else a page might send would be written into the reader's file under this name. */
function isPng(value: unknown): boolean {
  return typeof value === 'string' && value.startsWith('iVBORw0KGgo') && /^[A-Za-z0-9+/]+={0,2}$/.test(value);
}

export function isFromPage(value: unknown): value is FromPage {
  if (!isFields(value)) return false;
  switch (value.type) {
    case 'ready':
      return true;
    case 'reveal':
      return typeof value.deployment === 'string' && typeof value.id === 'string';
    case 'fold':
      return typeof value.deployment === 'string' && isFolds(value.folds);
    case 'export':
      return (
        typeof value.deployment === 'string' &&
        isFormatWith(value.format, 'listed') &&
        typeof value.folded === 'boolean'
      );
    case 'state':
      return isView(value.view) && isOptionalText(value.deployment);
    case 'whatIf':
      return typeof value.deployment === 'string' && isChanges(value.changes) && isSequence(value.sequence);
    case 'writeWhatIf':
      return typeof value.deployment === 'string' && isChanges(value.changes);
    case 'differences':
      return typeof value.deployment === 'string' && isBase(value.base) && isSequence(value.sequence);
    case 'png':
      return typeof value.deployment === 'string' && isPng(value.data);
    case 'noPng':
      return typeof value.deployment === 'string' && typeof value.reason === 'string';
    default:
      return false;
  }
}
