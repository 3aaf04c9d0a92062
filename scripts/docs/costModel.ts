import { attentionConstants } from '../../server/src/cost/constants/attention.ts';
import { collectiveConstants } from '../../server/src/cost/constants/collectives.ts';
import type { Family } from '../../server/src/cost/constants/family.ts';
import { gemmConstants, type Precision } from '../../server/src/cost/constants/gemm.ts';
import { constantsOf, groupedConstants } from '../../server/src/cost/constants/grouped.ts';
import type { Formula } from '../../server/src/cost/figures/formula.ts';
import { FORMULAS } from '../../server/src/cost/figures/formulas.ts';
import { engineProfile, enginesFor } from '../../server/src/engines/index.ts';
import type { EngineKernels } from '../../server/src/engines/profile.ts';
import type { EngineName } from '../../server/src/plan/deployment.ts';
import { code, table } from './markdown.ts';

interface FamilyInfo {
  /** GPUs of the family as a reader knows them. */
  readonly gpus: string;
  /** The types in which it computes; narrower weights are widened and use the first one. */
  readonly precisions: readonly Precision[];
}

const FP8: readonly Precision[] = ['bf16', 'fp8', 'fp8-block'];
const FP4: readonly Precision[] = [...FP8, 'fp4'];

const FAMILIES: Readonly<Record<Family, FamilyInfo>> = {
  ampere: { gpus: 'A100', precisions: ['bf16'] },
  hopper: { gpus: 'H100, H800, H200, GH200', precisions: FP8 },
  'hopper-20': { gpus: 'H20', precisions: FP8 },
  ada: { gpus: 'L40S', precisions: FP8 },
  blackwell: { gpus: 'B200, B300, GB200, GB300', precisions: FP4 },
  cdna: { gpus: 'MI300X, MI325X, MI350X, MI355X', precisions: FP4 },
  generic: { gpus: 'all others', precisions: FP4 },
};

const ENGINES = enginesFor('serving');

/** One set of constants, and for whom it holds. */
interface Use {
  readonly constants: object;
  readonly gpus: string;
  readonly detail: string;
}

/** The generated parts of the cost model's page, by the name of their place in the template. */
export function costModelParts(): Readonly<Record<string, string>> {
  const kernelUses = (constants: (family: Family, precision: Precision, kernels: EngineKernels) => object): Use[] =>
    families().flatMap((family) =>
      FAMILIES[family].precisions.flatMap((precision) =>
        byEngine(family, precision, (kernels) => constants(family, precision, kernels)),
      ),
    );
  return {
    formulas: table(
      ['name', 'gives', 'formula', 'source'],
      Object.entries(FORMULAS).map(([name, formula]) => [
        code(name),
        formula.summary,
        formulaText(formula),
        formula.source,
      ]),
    ),
    'gemm-constants': constantsTable(
      kernelUses((family, precision, { blockScaled }) => gemmConstants(family, precision, blockScaled)),
    ),
    'grouped-constants': constantsTable([
      ...kernelUses((family, precision, kernels) => groupedConstants(family, precision, kernels)[0] ?? {}),
      {
        constants: constantsOf('blackwell', 'fp4', 'min-latency'),
        gpus: FAMILIES.blackwell.gpus,
        detail: 'fp4, where it is faster',
      },
    ]),
    'attention-constants': constantsTable(
      families().flatMap((family) => byEngine(family, '', ({ attention }) => attentionConstants(family, attention))),
    ),
    'collective-constants': constantsTable(
      families().map((family) => ({ constants: collectiveConstants(family), gpus: FAMILIES[family].gpus, detail: '' })),
    ),
    'engine-constants': constantsTable(
      ENGINES.map((engine) => ({ constants: engineProfile(engine).constants, gpus: code(engine), detail: '' })),
    ),
  };
}

/** The expression, and under it a line for each of its terms. */
function formulaText({ expression, terms = {} }: Formula): string {
  const lines = Object.entries(terms).map(([name, explanation]) => `${code(name)}: ${explanation}`);
  return [code(expression), ...lines].join('<br>');
}

/** One use for all engines where they share their constants, else one for each that differs. */
function byEngine(family: Family, precision: string, constantsOf: (kernels: EngineKernels) => object): Use[] {
  const shared = new Map<string, { readonly constants: object; readonly engines: EngineName[] }>();
  for (const engine of ENGINES) {
    const constants = constantsOf(engineProfile(engine).kernels);
    const key = keyOf(constants);
    const known = shared.get(key);
    if (known) known.engines.push(engine);
    else shared.set(key, { constants, engines: [engine] });
  }
  return [...shared.values()].map(({ constants, engines }) => ({
    constants,
    gpus: FAMILIES[family].gpus,
    detail: [precision, engines.length === ENGINES.length ? '' : `(${engines.join(', ')})`].filter(Boolean).join(' '),
  }));
}

/** One row per distinct set of constants; those who share it stand in one row. Columns are the fields by their names. */
function constantsTable(uses: readonly Use[]): string {
  const rows = new Map<string, { readonly constants: object; readonly users: Map<string, string[]> }>();
  for (const { constants, gpus, detail } of uses) {
    const key = keyOf(constants);
    const row = rows.get(key) ?? { constants, users: new Map<string, string[]>() };
    row.users.set(gpus, [...(row.users.get(gpus) ?? []), ...(detail === '' ? [] : [detail])]);
    rows.set(key, row);
  }
  const fields = valuesOf(uses[0]?.constants ?? {}).map(([field]) => field);
  return table(
    ['for', ...fields.map(code)],
    [...rows.values()].map(({ constants, users }) => {
      const values = new Map<string, unknown>(valuesOf(constants));
      return [usersText(users), ...fields.map((field) => cellText(field, values.get(field)))];
    }),
  );
}

function usersText(users: ReadonlyMap<string, readonly string[]>): string {
  return [...users]
    .map(([gpus, details]) => {
      if (details.length === 0) return gpus;
      return details[0]?.startsWith('(') ? `${gpus} ${details.join(', ')}` : `${gpus}: ${details.join(', ')}`;
    })
    .join('; ');
}

function cellText(field: string, value: unknown): string {
  if (typeof value === 'number') return field === 'residual' ? `${number(value * 100)} %` : number(value);
  if (typeof value !== 'object' || value === null) return String(value);
  return valuesOf(value)
    .map(([name, part]) => `${code(name)} ${cellText(name, part)}`)
    .join(', ');
}

/** Four significant digits; times and sizes, which are far from 1, with a power of ten: `3.6e-6`. */
function number(value: number): string {
  const size = Math.abs(value);
  const rounded = Number(value.toPrecision(4));
  return size !== 0 && (size < 1e-3 || size >= 1e6) ? rounded.toExponential() : rounded.toString();
}

function families(): readonly Family[] {
  const isFamily = (name: string): name is Family => Object.hasOwn(FAMILIES, name);
  return Object.keys(FAMILIES).filter(isFamily);
}

/** What constants say, without the place where they stand: the table says that. */
function valuesOf(constants: object): readonly (readonly [field: string, value: unknown])[] {
  return Object.entries(constants).filter(([field]) => field !== 'row');
}

/** Equal for constants that say the same, wherever they stand. */
function keyOf(constants: object): string {
  return JSON.stringify(constants, (field, value: unknown) => (field === 'row' ? undefined : value));
}
