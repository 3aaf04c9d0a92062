import type { Shipped } from '../../host/shipped.ts';
import type { Analysis } from '../../services/analysis.ts';
import { deploymentNamed } from '../../services/analysis.ts';
import type { Side } from '../../services/differences/differences.ts';
import { differencesJson, differencesSvg, differencesText } from '../../services/differences/output.ts';
import { jsonText } from '../../text/json.ts';
import { CannotRun } from '../cannotRun.ts';
import { evaluationNamed, Loader } from '../load.ts';
import type { COMPARE_FORMATS } from './compare.ts';

/** A file on the command line, or one deployment of it: `plan.moeplan#decode`. */
interface Target {
  readonly file: string;
  readonly name?: string;
}

/**
 * The two plans of `moeplan compare OLD NEW` and `FILE#a FILE#b`; nothing where what stands behind the first file are
 * names of its deployments.
 */
export function twoTargets(file: string, names: readonly string[]): readonly [Target, Target] | undefined {
  const first = targetOf(file);
  const others = names.flatMap((name) => targetOf(name) ?? []);
  const [second] = others;
  if (!first || (!second && first.name === undefined)) return undefined;
  if (!second || others.length !== names.length || names.length > 1)
    throw new CannotRun('name two files, or two deployments as FILE#NAME; or one file and names of its deployments');
  return [first, second];
}

function targetOf(argument: string): Target | undefined {
  const [, file, name] = /^(.+\.moeplan)(?:#(.+))?$/.exec(argument) ?? [];
  // Names of deployments have no slash: such an argument is a file of another kind, as `<(git show HEAD:plan.moeplan)` is.
  if (file === undefined && argument.includes('/')) return { file: argument };
  return file === undefined ? undefined : { file, ...(name !== undefined && { name }) };
}

/** Prints what differs between deployments of two files, or two of one; those of equal names where none is named. */
export function differences(
  targets: readonly [Target, Target],
  format: (typeof COMPARE_FORMATS)[number],
  shipped: Shipped,
): void {
  const [before, after] = targets;
  const loader = new Loader(shipped);
  const [old, fresh] = [loader.load(before.file), loader.load(after.file)];
  const pairs = pairsOf(old, fresh, targets).map(
    ([was, is]) =>
      [
        sideOf(old, before.file, was, was === is ? `${before.file}#${was}` : was),
        sideOf(fresh, after.file, is, was === is ? `${after.file}#${is}` : is),
      ] as const,
  );
  if (format === 'svg') {
    const [only, ...others] = pairs;
    if (!only || others.length > 0)
      throw new CannotRun(`svg is one picture: choose a deployment, ${before.file}#NAME ${after.file}#NAME`);
    process.stdout.write(differencesSvg(...only));
    return;
  }
  if (format === 'json') {
    const all = pairs.map(([was, is]) => differencesJson(was, is));
    process.stdout.write(`${jsonText({ comparisons: all }, 2)}\n`);
    return;
  }
  process.stdout.write(pairs.map(([was, is]) => differencesText(was, is)).join('\n'));
}

function pairsOf(
  old: Analysis,
  fresh: Analysis,
  [before, after]: readonly [Target, Target],
): readonly (readonly [string, string])[] {
  if (before.name !== undefined || after.name !== undefined) {
    const name = before.name ?? after.name ?? '';
    return [[name, after.name ?? name]];
  }
  const [was, is] = [old, fresh].map(({ plan }) => plan.deployments.map(({ name }) => name));
  const common = (is ?? []).filter((name) => was?.includes(name));
  if (common.length > 0) return common.map((name) => [name, name] as const);
  const [only, other] = [was?.length === 1 ? was[0] : undefined, is?.length === 1 ? is[0] : undefined];
  if (only !== undefined && other !== undefined) return [[only, other]];
  throw new CannotRun(
    `${before.file} and ${after.file} have no deployment of the same name; name two: ${before.file}#NAME ${after.file}#NAME`,
  );
}

/** Throws where the deployment is not there or cannot be computed, with the reason. */
function sideOf(analysis: Analysis, file: string, name: string, title: string): Side {
  evaluationNamed(analysis, file, name);
  const resolved = deploymentNamed(analysis, name);
  if (!resolved) throw new CannotRun(`${file} has no deployment ${name}`);
  return { title, analysis, resolved };
}
