import fc from 'fast-check';

/**
 * Plans of a small model over two machines as they are while somebody lays them out: GPUs, layers, degrees and placements
 * that fit each other now and then. Nearly every kind of fault comes up in some hundreds of them.
 */

const ATTENTION = 'attention { heads = 16, head-size = 64 }';
const EXPERTS = 'experts { count = 16, top-k = 2, ffn = 2048 }';
const DENSE = 'dense { ffn = 4096 }';

export const MODELS = {
  experts: `${ATTENTION}, ${EXPERTS}`,
  dense: `${ATTENTION}, ${DENSE}`,
  mixed: `${ATTENTION}, pattern = "--EE", ${DENSE}, ${EXPERTS}`,
} as const;

export const MACHINES = {
  linked: 'node = DGX-H100, count = 2',
  loose: 'gpu = H100-PCIe, count = 16',
} as const;

export const WORKLOADS = {
  batch: 'sequences = 64, length = 512 tokens',
  serving: 'input = 512 tokens, output = 64 tokens, concurrency = 32',
  training: 'global-batch = 64, length = 512 tokens',
} as const;

export interface RoughPlan {
  readonly model?: keyof typeof MODELS;
  readonly machines?: keyof typeof MACHINES;
  readonly workload?: keyof typeof WORKLOADS;
  /** What the deployment says about its GPUs. */
  readonly body: string;
}

/** The model has 4 layers, the cluster 16 GPUs. */
export function roughText({ model = 'experts', machines = 'linked', workload = 'batch', body }: RoughPlan): string {
  return `model small { layers = 4, hidden = 1024, ${MODELS[model]} }
cluster racks { ${MACHINES[machines]} }
workload work { ${WORKLOADS[workload]} }
deployment rough {
  model = small, cluster = racks, workload = work
  ${body}
}
`;
}

/** A statement that is often left out. */
function sometimes(statement: fc.Arbitrary<string>, outOf = 2): fc.Arbitrary<string> {
  return fc.oneof({ weight: 1, arbitrary: statement }, { weight: outOf - 1, arbitrary: fc.constant('') });
}

function together(...statements: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...statements).map((written) => written.filter((statement) => statement !== '').join('\n  '));
}

const gpuLists = ['0..7', '8..15', '0..3', '4..7', '8..11', '12..15', '0..15', '6..9', '[0..3, 3]', '0..17', '16..19'];
const gpus = fc.constantFrom(...gpuLists, '[0..7, 0..7]').map((list) => `gpus = ${list}`);
const layers = fc
  .constantFrom('0..1', '2..3', '0..3', '1..3', '3', '2..5', '[0, 0, 1]')
  .map((list) => `layers = ${list}`);
const order = fc.constantFrom('tp, dp', 'dp, tp', 'tp, tp').map((axes) => `order = [${axes}]`);

const line = fc
  .record({
    experts: fc.constantFrom('0..7', '8..15', '0..15', '0..15', '7..15', '0..16'),
    of: fc.constantFrom('', '', '', ' of layer 2..3', ' of layer 9'),
    on: fc.constantFrom('0', '1', '[0, 8]', '[1, 9]', '0..7', '8..15', '0..15', '17'),
  })
  .map(({ experts, of, on }) => `expert ${experts}${of} on gpu ${on}`);
const lines = fc.array(line, { minLength: 1, maxLength: 3 }).map((written) => written.join('\n  '));

const degree = fc.constantFrom(1, 2, 2, 4, 4, 8, 8, 16, 3);
const layout = fc.constantFrom('layout = "Ett|ttL"', 'layout = "Et|(t|)*2tL"', 'first-stage-layers = 1');
// Plans that say all degrees hardly ever fit.
const parallel = fc
  .tuple(
    fc
      .subarray(['tp', 'cp', 'dp', 'etp', 'ep', 'edp', 'pp'], { maxLength: 3 })
      .chain((names) => fc.tuple(...names.map((name) => degree.map((value) => `${name} = ${value}`)))),
    sometimes(layout, 12),
  )
  .map(([written, said]) => `parallel { ${[...written, said].filter((part) => part !== '').join(', ')} }`);

const stage = together(sometimes(layers), sometimes(gpus), sometimes(line, 5));
const stages = fc
  .array(stage, { minLength: 1, maxLength: 3 })
  .map((written) => written.map((inside, index) => `stage s${index} { ${inside} }`).join('\n  '));

const role = fc.constantFrom('prefill', 'decode', 'both').map((name) => `role = ${name}`);
const replicas = fc.constantFrom(1, 2, 2, 3).map((count) => `replicas = ${count}`);
const pool = together(
  fc.oneof(gpus, sometimes(gpus)),
  sometimes(replicas, 3),
  sometimes(parallel),
  sometimes(role, 4),
  sometimes(stages, 3),
  sometimes(lines, 4),
);
const pools = fc
  .tuple(fc.constantFrom(['prefill', 'decode'], ['one', 'two'], ['one'], ['decode']), pool, pool)
  .map(([names, ...written]) => names.map((name, index) => `pool ${name} { ${written[index]} }`).join('\n  '));

const common = [sometimes(order, 12), sometimes(parallel), sometimes(lines, 5)] as const;
const body = fc.oneof(
  together(sometimes(gpus), ...common, fc.oneof(stages, fc.constant(''))),
  together(sometimes(gpus, 5), ...common, sometimes(stages, 6), pools),
);

export const roughPlan: fc.Arbitrary<string> = fc
  .record({
    model: fc.constantFrom('experts', 'experts', 'dense', 'mixed'),
    machines: fc.constantFrom('linked', 'linked', 'linked', 'loose'),
    workload: fc.constantFrom('batch', 'serving', 'training'),
    body,
  })
  .map(roughText);
