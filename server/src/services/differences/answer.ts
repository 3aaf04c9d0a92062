import type { Sources } from '../../language/source.ts';
import { fileName } from '../../text/fileName.ts';
import { type Analysis, analyseDocument, deploymentNamed } from '../analysis.ts';
import type { DifferencesAnswer } from '../preview/differencesProtocol.ts';
import { differencesOf, type Side } from './differences.ts';

/** Compares two deployments of a document. */
export function differencesBetween(analysis: Analysis, before: string, after: string): DifferencesAnswer {
  return answerOf(sideOf(analysis, before, before), sideOf(analysis, after, after));
}

/**
 * Compares a deployment in other texts with its present state. `texts` holds files by URI, with undefined for a file that
 * did not exist. Files that it does not name are read as they are now. `named` is the commit that they are from.
 */
export function differencesToTexts(
  analysis: Analysis,
  deployment: string,
  texts: ReadonlyMap<string, string | undefined>,
  sources: Sources,
  named?: string,
): DifferencesAnswer {
  const where = named ?? 'the last commit';
  if (texts.has(analysis.uri) && texts.get(analysis.uri) === undefined)
    return { unavailable: `This file is not in ${where}: there is nothing to compare with.` };
  const old = analyseDocument(analysis.uri, withTexts(sources, texts));
  const before = sideOf(old, deployment, `${deployment} ${named === undefined ? 'as committed' : `in ${named}`}`);
  if (typeof before === 'string') return { unavailable: `${sentence(where)} cannot be compared with: ${before}.` };
  return answerOf(before, sideOf(analysis, deployment, `${deployment} now`));
}

/** Compares a deployment with that of the same name in another file, or with the only one that is there. */
export function differencesToFile(
  analysis: Analysis,
  deployment: string,
  file: string,
  sources: Sources,
): DifferencesAnswer {
  const name = fileName(file);
  if (sources.read(file) === undefined)
    return { unavailable: `${name} cannot be read: ${sources.unread(file) ?? 'it is not there'}.` };
  const other = analyseDocument(file, sources);
  const names = other.plan.deployments.map((resolved) => resolved.name);
  const [only] = names;
  const same = names.includes(deployment) ? deployment : names.length === 1 ? only : undefined;
  if (same === undefined)
    return {
      unavailable: `${name} has ${names.length === 0 ? 'no deployment' : `no deployment ${deployment}, but ${names.join(', ')}`}.`,
    };
  return answerOf(sideOf(other, same, `${same} in ${name}`), sideOf(analysis, deployment, deployment));
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Sources in which some files have other texts or do not exist. */
export function withTexts(sources: Sources, texts: ReadonlyMap<string, string | undefined>): Sources {
  return {
    read: (uri) => (texts.has(uri) ? texts.get(uri) : sources.read(uri)),
    unread: (uri) => (texts.has(uri) ? undefined : sources.unread(uri)),
    resolve: (base, path) => sources.resolve(base, path),
    catalog: () => sources.catalog(),
  };
}

function sideOf(analysis: Analysis, deployment: string, title: string): Side | string {
  const resolved = deploymentNamed(analysis, deployment);
  return resolved ? { title, analysis, resolved } : `it has no deployment ${deployment}`;
}

function answerOf(before: Side | string, after: Side | string): DifferencesAnswer {
  if (typeof before === 'string') return { unavailable: before };
  if (typeof after === 'string') return { unavailable: after };
  const differences = differencesOf(before, after);
  return typeof differences === 'string' ? { unavailable: differences } : { differences, notes: [] };
}
