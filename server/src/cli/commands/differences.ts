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
 * The two plans of `moeplan compare OLD NEW` and `FILE#a FILE#b`; undefined if the arguments behind the first file are names of
 * its deployments.
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
  // Names of deployments have no slash, so such an argument is a file of another kind, for example `<(git show
  // HEAD:plan.moeplan)`.
  if (file === undefined && argument.includes('/')) return { file: argument };
  return file === undefined ? undefined : { file, ...(name !== undefined && { name }) };
}

/**
 * Prints the differences between deployments of two files, or between two deployments of one file. If none is named, those of
 * equal names are compared.
 */
export function differences(
  targets: readonly [Target, Target],
  format: (typeof COMPARE_FORMATS)[number],
  shipped: Shipped,
): void {
  const [before, after] = targets;
  const loader = new Loader(shipped);
  const [analysisBefore, analysisAfter] = [loader.load(before.file), loader.load(after.file)];
  const pairs = pairsOf(analysisBefore, analysisAfter, targets).map(
    ([nameBefore, nameAfter]) =>
      [
        sideOf(
          analysisBefore,
          before.file,
          nameBefore,
          nameBefore === nameAfter ? `${before.file}#${nameBefore}` : nameBefore,
        ),
        sideOf(
          analysisAfter,
          after.file,
          nameAfter,
          nameBefore === nameAfter ? `${after.file}#${nameAfter}` : nameAfter,
        ),
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
    const comparisons = pairs.map(([sideBefore, sideAfter]) => differencesJson(sideBefore, sideAfter));
    process.stdout.write(`${jsonText({ comparisons }, 2)}\n`);
    return;
  }
  process.stdout.write(pairs.map(([sideBefore, sideAfter]) => differencesText(sideBefore, sideAfter)).join('\n'));
}

function pairsOf(
  analysisBefore: Analysis,
  analysisAfter: Analysis,
  [before, after]: readonly [Target, Target],
): readonly (readonly [string, string])[] {
  if (before.name !== undefined || after.name !== undefined) {
    const name = before.name ?? after.name ?? '';
    return [[name, after.name ?? name]];
  }
  const [namesBefore, namesAfter] = [analysisBefore, analysisAfter].map(({ plan }) =>
    plan.deployments.map(({ name }) => name),
  );
  const common = (namesAfter ?? []).filter((name) => namesBefore?.includes(name));
  if (common.length > 0) return common.map((name) => [name, name] as const);
  const [onlyBefore, onlyAfter] = [
    namesBefore?.length === 1 ? namesBefore[0] : undefined,
    namesAfter?.length === 1 ? namesAfter[0] : undefined,
  ];
  if (onlyBefore !== undefined && onlyAfter !== undefined) return [[onlyBefore, onlyAfter]];
  throw new CannotRun(
    `${before.file} and ${after.file} have no deployment of the same name; name two: ${before.file}#NAME ${after.file}#NAME`,
  );
}

/** One side of a comparison. @throws CannotRun where the deployment does not exist or cannot be computed, with the reason. */
function sideOf(analysis: Analysis, file: string, name: string, title: string): Side {
  evaluationNamed(analysis, file, name);
  const resolved = deploymentNamed(analysis, name);
  if (!resolved) throw new CannotRun(`${file} has no deployment ${name}`);
  return { title, analysis, resolved };
}
