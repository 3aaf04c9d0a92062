import type { ComparedClaims } from '../../cost/rules/context.ts';
import { COST_RULES, MEMORY_RULES, MODEL_RULES } from '../../cost/rules/index.ts';
import type { Diagnostic, Rule, RuleFamily, Severity } from '../../language/diagnostic.ts';
import type { Entity } from '../../language/entity.ts';
import { locationOfEntity } from '../../language/entity.ts';
import { resultOf } from '../../language/pieces.ts';
import { LANGUAGE_RULES } from '../../language/rules/index.ts';
import { failureDiagnostics, internalError } from '../../language/rules/internal-error.ts';
import { runRules } from '../../language/rules/run.ts';
import type { SourceFile } from '../../language/source.ts';
import type { Location } from '../../language/span.ts';
import { LAUNCH_RULES } from '../../launch/rules/index.ts';
import { claimsOf } from '../../plan/resolve/claims.ts';
import { modelOf } from '../../plan/resolve/plan.ts';
import type { ResolvedBlock, ResolvedDeployment } from '../../plan/resolve/resolved.ts';
import { blockDiagnostics, placedIn } from '../../plan/rules/diagnostics.ts';
import { PLAN_RULES } from '../../plan/rules/index.ts';
import { type Analysis, evaluationOfEntity } from '../analysis.ts';
import { placeInLaunch } from '../launches/marks.ts';
import { isPlanOfLaunch } from '../launches/readings.ts';
import { findingsLeftOut, SEVERITIES } from '../rules/findings-left-out.ts';
import { SEARCH_RULES, SUPPRESSION_RULES } from '../rules/index.ts';
import { searchFindings } from '../search/findings.ts';
import { suppressionsOf, unsuppressed } from './suppressions.ts';

/** Severity by rule name, which overrides the rule's own. */
export type RuleSettings = Readonly<Record<string, Severity | 'off'>>;

export interface RuleInfo {
  readonly name: string;
  readonly family: RuleFamily;
  readonly severity: Severity;
  readonly summary: string;
}

/** Every rule of every layer, in the order of the reference. */
export const ALL_RULES: readonly RuleInfo[] = [
  LANGUAGE_RULES,
  PLAN_RULES,
  MODEL_RULES,
  COST_RULES,
  SUPPRESSION_RULES,
  LAUNCH_RULES,
  SEARCH_RULES,
  [findingsLeftOut],
  [internalError],
].flatMap((rules: readonly Rule<never>[]) =>
  rules.map(({ name, family, severity, summary }) => ({ name, family, severity, summary })),
);

const RULE_NAMES: ReadonlySet<string> = new Set(ALL_RULES.map(({ name }) => name));

/**
 * Findings in one document, in the order of the text. When there are very many, only the most severe ones are kept.
 * Findings that a comment silences are left out.
 */
export function diagnose(analysis: Analysis, settings: RuleSettings = {}): readonly Diagnostic[] {
  return resultOf(diagnosing(analysis, settings));
}

/** The progress of the work: the blocks that are left, and the findings without them. */
export interface Diagnosed {
  left(): readonly Entity[];
  soFar(): readonly Diagnostic[];
}

/**
 * Diagnoses piece by piece, so that other work need not wait for the predictions of a long file. A block without cached findings
 * is one piece, and the prediction of a deployment is another.
 */
export function* diagnosing(
  analysis: Analysis,
  settings: RuleSettings = {},
): Generator<Diagnosed, readonly Diagnostic[], void> {
  const { blocks } = analysis.plan;
  const ofBases = findingsOfBases(analysis);
  const ofBlocks = blocks.map((block) => knownAbout(block, analysis));
  const left = () => blocks.flatMap(({ entity }, at) => (ofBlocks[at] ? [] : entity));
  const soFar = () => shown(analysis, settings, ofBlocks);
  for (let index = 0; index < blocks.length; index++) {
    const block = blocks[index];
    if (!block || ofBlocks[index]) continue;
    yield { left, soFar };
    const work = findingsAbout(block, analysis, ofBases);
    let step = work.next();
    for (; !step.done; step = work.next()) yield { left, soFar };
    ofBlocks[index] = step.value;
  }
  return soFar();
}

/** The shown findings of the language and of those blocks of the plan that have been checked. */
function shown(
  analysis: Analysis,
  settings: RuleSettings,
  ofBlocks: readonly (readonly Diagnostic[] | undefined)[],
): readonly Diagnostic[] {
  const { program, uri } = analysis;
  const gathered = [...program.diagnostics, ...ofBlocks.flatMap((ofBlock) => ofBlock ?? [])];
  const distinct = eachOnce(gathered.filter((diagnostic) => diagnostic.uri === uri));
  const { source } = analysis;
  const suppressions = suppressionsOf(source);
  const about = runRules(SUPPRESSION_RULES, { source, suppressions, found: distinct, known: RULE_NAMES });
  const adjustedFindings = [...unsuppressed(distinct, suppressions, source), ...about].flatMap((diagnostic) =>
    adjusted(diagnostic, settings),
  );
  return mostSevere(inOrder(adjustedFindings), source).flatMap((diagnostic) =>
    diagnostic.rule === findingsLeftOut.name ? adjusted(diagnostic, settings) : inFiles(diagnostic, analysis),
  );
}

/** A finding whose notes lead to files: what is inherited from the plan of a launch is written in the launch. */
function inFiles(diagnostic: Diagnostic, analysis: Analysis): Diagnostic {
  const { related } = diagnostic;
  if (!related?.some(({ uri }) => isPlanOfLaunch(uri))) return diagnostic;
  return {
    ...diagnostic,
    related: related.map((note) => {
      const launch = isPlanOfLaunch(note.uri) ? analysis.launchAt(note.uri) : undefined;
      return launch ? { ...note, ...placeInLaunch(note.span, launch.launched, launch.file.uri) } : note;
    }),
  };
}

/** One mistake may concern several deployments at one place. Equal messages are shown once. */
function eachOnce(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const firstAt = new Map<number, Diagnostic>();
  const seen = new Set<string>();
  const keyOf = ({ rule, span, message }: Diagnostic) => `${span.start} ${span.end} ${rule} ${message}`;
  return diagnostics.filter((diagnostic) => {
    const first = firstAt.get(diagnostic.span.start);
    // Hardly any two start at one place, and long messages are compared only where they do.
    if (!first) {
      firstAt.set(diagnostic.span.start, diagnostic);
      return true;
    }
    const key = keyOf(diagnostic);
    seen.add(keyOf(first));
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Nobody reads more findings of one file. Editors and logs keep all that they get. */
export const MOST_FINDINGS = 1_000;

function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted((left, right) => left.span.start - right.span.start || left.span.end - right.span.end);
}

/** The findings that are shown, and one that counts the others. */
function mostSevere(diagnostics: readonly Diagnostic[], source: SourceFile): readonly Diagnostic[] {
  if (diagnostics.length <= MOST_FINDINGS) return diagnostics;
  const bySeverity = SEVERITIES.flatMap(({ severity }) =>
    diagnostics.filter((diagnostic) => diagnostic.severity === severity),
  );
  const shown = new Set(bySeverity.slice(0, MOST_FINDINGS));
  const left = diagnostics.filter((diagnostic) => !shown.has(diagnostic));
  return inOrder([...shown, ...runRules([findingsLeftOut], { source, left })]);
}

/** The findings of the plan's rules and of the cost rules about a block, placed in the block. */
function* findingsAbout(block: ResolvedBlock, analysis: Analysis, findingsOf: FindingsOf): Pieces {
  const { entity } = block;
  const seen = yield* ruleFindings(block, analysis, comparisonsOf(analysis, entity));
  const found = placedIn(entity, seen, findingsOf);
  if (isAlone(block, analysis)) analysis.findings.keep(entity, found);
  return found;
}

/** Findings that are made in pieces. It yields between them. */
type Pieces = Generator<void, readonly Diagnostic[], void>;

function knownAbout(block: ResolvedBlock, analysis: Analysis): readonly Diagnostic[] | undefined {
  return isAlone(block, analysis) ? analysis.findings.known(block.entity) : undefined;
}

/** Whether the findings about a block follow only from it and from what it uses. */
function isAlone(block: ResolvedBlock, analysis: Analysis): boolean {
  return !block.dependsOnOthers && !isCompared(block, analysis);
}

/** Whether a `compare` statement concerns the block. It is written outside the block and depends on another one. */
function isCompared({ entity }: ResolvedBlock, { plan }: Analysis): boolean {
  return plan.compares.some(({ deployments, properties }) => deployments.at(-1) === entity && properties.length > 0);
}

type FindingsOf = (entity: Entity) => readonly Diagnostic[];

/** Findings about blocks that others extend. They are made when first asked for. */
function findingsOfBases(analysis: Analysis): FindingsOf {
  const ofEntities = new Map<Entity, readonly Diagnostic[]>();
  return (entity) => {
    const diagnostics = ofEntities.get(entity) ?? resultOf(ruleFindings(analysis.plan.blockOf(entity), analysis, []));
    ofEntities.set(entity, diagnostics);
    return diagnostics;
  };
}

/** Findings at the places where the rules saw them. */
function* ruleFindings(block: ResolvedBlock, analysis: Analysis, comparisons: readonly ComparedClaims[]): Pieces {
  const at = locationOfEntity(block.entity);
  const { failure } = block;
  const found = [
    ...(failure ? failureDiagnostics([{ at, what: 'reading the plan', ...failure }]) : []),
    ...blockDiagnostics(analysis.program, block, at),
    ...modelFindings(block, analysis),
  ];
  for (const resolved of block.deployments) {
    yield;
    found.push(...costFindings(resolved, analysis, comparisons, at));
  }
  if (block.entity.keyword === 'search') found.push(...(yield* searchFindings(analysis, block.entity)));
  return found;
}

function costFindings(
  resolved: ResolvedDeployment,
  analysis: Analysis,
  comparisons: readonly ComparedClaims[],
  at: Location,
): readonly Diagnostic[] {
  const evaluation = analysis.evaluationOf(resolved);
  if (evaluation) return runRules(COST_RULES, { resolved, evaluation, comparisons }, at);
  const sizes = analysis.sizesOf(resolved);
  return sizes
    ? runRules(MEMORY_RULES, { resolved, evaluation: sizes }, at)
    : failureDiagnostics(analysis.failureOf(resolved));
}

function modelFindings({ entity }: ResolvedBlock, { planCache }: Analysis): readonly Diagnostic[] {
  const model = entity.keyword === 'model' && entity.config?.index ? modelOf(entity, planCache) : undefined;
  return model ? runRules(MODEL_RULES, { entity, model }, locationOfEntity(entity)) : [];
}

/** The `compare` statements whose last deployment is this block. */
function comparisonsOf(analysis: Analysis, entity: Entity): ComparedClaims[] {
  return analysis.plan.compares.flatMap(({ deployments, properties }): ComparedClaims[] => {
    if (deployments.at(-1) !== entity || properties.length === 0) return [];
    const first = deployments[0] && evaluationOfEntity(analysis, deployments[0]);
    const last = evaluationOfEntity(analysis, entity);
    return first && last ? [{ claims: claimsOf(properties), first, last }] : [];
  });
}

/** A finding with the severity from the settings. Empty when they switch its rule off. */
export function adjusted(diagnostic: Diagnostic, settings: RuleSettings): Diagnostic[] {
  const wanted = settings[diagnostic.rule];
  if (wanted === 'off') return [];
  return [wanted === undefined ? diagnostic : { ...diagnostic, severity: wanted }];
}
