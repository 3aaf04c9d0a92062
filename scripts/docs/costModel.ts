import { attentionConstants } from '../../server/src/cost/constants/attention.ts';
import { collectiveConstants } from '../../server/src/cost/constants/collectives.ts';
import { engineConstants } from '../../server/src/cost/constants/engines.ts';
import type { Family } from '../../server/src/cost/constants/family.ts';
import { type GemmConstants, gemmConstants, type Precision } from '../../server/src/cost/constants/gemm.ts';
import { type GroupedConstants, groupedConstants } from '../../server/src/cost/constants/grouped.ts';
import { FORMULAS } from '../../server/src/cost/formulas.ts';
import type { EngineName } from '../../server/src/plan/deployment.ts';
import { code, table } from './markdown.ts';

/** Families of GPUs as a reader knows them. */
const FAMILIES: Readonly<Record<Family, string>> = {
  ampere: 'A100',
  hopper: 'H100, H800, H20',
  'hopper-200': 'H200, GH200',
  ada: 'L40S',
  blackwell: 'B200, B300',
  'blackwell-rack': 'GB200, GB300',
  generic: 'all others',
};

const ENGINES: readonly EngineName[] = ['ideal', 'vllm', 'sglang', 'trt-llm'];
const PRECISIONS: readonly Precision[] = ['bf16', 'fp8', 'fp8-block', 'fp4'];

/** The generated parts of the cost model's page, by the name of their place in the template. */
export function costModelParts(): Readonly<Record<string, string>> {
  return {
    formulas: table(
      ['name', 'gives', 'formula', 'source'],
      Object.entries(FORMULAS).map(([name, { summary, expression, source }]) => [
        code(name),
        summary,
        code(expression),
        source,
      ]),
    ),
    'gemm-constants': kernelTable(gemmConstants, (fit: GemmConstants) => [
      microseconds(fit.start),
      number(fit.compute),
      number(fit.memory),
      number(fit.power),
      number(fit.wave),
      number(fit.prologue),
      percent(fit.residual),
    ]),
    'grouped-constants': kernelTable(groupedConstants, (fit: GroupedConstants) => [
      microseconds(fit.start),
      microseconds(fit.perExpert),
      number(fit.compute),
      number(fit.memory),
      number(fit.power),
      percent(fit.residual),
    ]),
    'attention-constants': attentionTable(),
    'collective-constants': collectiveTable(),
    'engine-constants': engineTable(),
  };
}

const HEADERS = {
  7: ['`t0` us', '`eta_c`', '`eta_m`', '`p`', '`a`', '`k_h`', 'mean error'],
  6: ['`t0` us', '`c_e` us', '`eta_c`', '`eta_m`', '`p`', 'mean error'],
} as const;

/** One row per distinct set of constants; GPUs, types and engines that share it stand in one row. */
function kernelTable<Fit extends object>(
  constants: (family: Family, precision: Precision, engine: EngineName) => Fit,
  cells: (fit: Fit) => readonly string[],
): string {
  const users = new Map<Fit, Map<Family, Map<Precision, EngineName[]>>>();
  for (const family of families()) {
    for (const precision of PRECISIONS) {
      for (const engine of ENGINES) {
        const fit = constants(family, precision, engine);
        const ofFit = users.get(fit) ?? new Map<Family, Map<Precision, EngineName[]>>();
        const ofFamily = ofFit.get(family) ?? new Map<Precision, EngineName[]>();
        ofFamily.set(precision, [...(ofFamily.get(precision) ?? []), engine]);
        users.set(fit, ofFit.set(family, ofFamily));
      }
    }
  }
  const rows = [...users].map(([fit, used]) => [usersText(used), ...cells(fit)]);
  const header = HEADERS[rows[0]?.length === 8 ? 7 : 6];
  return table(['used for', ...header], rows);
}

function usersText(used: ReadonlyMap<Family, ReadonlyMap<Precision, readonly EngineName[]>>): string {
  const parts = [...used].map(([family, precisions]) => {
    const texts = [...precisions].map(([precision, engines]) =>
      engines.length === ENGINES.length ? precision : `${precision} (${engines.join(', ')})`,
    );
    return `${FAMILIES[family]}: ${texts.length === PRECISIONS.length ? 'every type' : texts.join(', ')}`;
  });
  return parts.join('; ');
}

function attentionTable(): string {
  const rows = families().map((family) => {
    const fit = attentionConstants(family, 'ideal');
    return [
      FAMILIES[family],
      `${number(fit.prefill)} / ${fit.prefillHalf}`,
      `${number(fit.latentPrefill)} / ${fit.latentPrefillHalf}`,
      number(fit.decode16),
      number(fit.decode8),
      number(fit.decodeCompute),
      percent(fit.residual),
    ];
  });
  return table(
    ['GPUs', 'prefill: `eta` / `s_half`', 'MLA prefill', 'decode: `eta`, 16-bit cache', '8-bit cache', 'MLA decode: `eta_f`', 'mean error'],
    rows,
  );
}

function collectiveTable(): string {
  const rows = families().map((family) => {
    const { allReduce, gather, allToAll, oneShotStart, residual } = collectiveConstants(family);
    const link = ({ start, efficiency, half }: typeof gather) =>
      `${microseconds(start)} us, ${number(efficiency)}, ${number(half / 1e6)} MB`;
    return [FAMILIES[family], link(allReduce), link(gather), link(allToAll), `${microseconds(oneShotStart)} us`, percent(residual)];
  });
  return table(['GPUs', 'all-reduce: `a`, `eta`, `S_half`', 'all-gather, reduce-scatter', 'all-to-all', 'one-shot `a`', 'mean error'], rows);
}

function engineTable(): string {
  const rows = ENGINES.map((name) => {
    const engine = engineConstants(name);
    return [
      code(name),
      microseconds(engine.perLayer),
      number(engine.perStep * 1e3),
      microseconds(engine.launch),
      percent(engine.memoryFraction),
      `${number(engine.reserveBytes / 2 ** 30)} GiB`,
      percent(engine.residual),
    ];
  });
  return table(['engine', 'per layer, us', 'per step, ms', 'per kernel without graphs, us', 'memory fraction', 'reserve', 'mean error'], rows);
}

function families(): readonly Family[] {
  const isFamily = (name: string): name is Family => Object.hasOwn(FAMILIES, name);
  return Object.keys(FAMILIES).filter(isFamily);
}

function number(value: number): string {
  return Number(value.toPrecision(6)).toString();
}

function microseconds(seconds: number): string {
  return number(seconds * 1e6);
}

function percent(share: number): string {
  return `${number(share * 100)} %`;
}
