import type { ArgumentTable } from '../argument.ts';
import {
  type Codec,
  count,
  direct,
  type EngineLaunch,
  flagOf,
  type Json,
  type LaunchReading,
  words,
  yes,
} from '../launch.ts';
import { LaunchReader } from '../launchReading.ts';
import { flagWords, LaunchWriter, LEADER } from '../launchWriting.ts';
import { MEGATRON_ARGUMENTS } from './arguments.ts';
import { BRIDGE_ARGUMENTS } from './bridgeArguments.ts';

/** What Megatron-LM calls an argument, what Megatron-Bridge calls it, and what it says. */
const ROWS = [
  ['pipeline-model-parallel-layout', 'model.pipeline_model_parallel_layout', 'parallel.layout', text()],
  [
    'decoder-first-pipeline-num-layers',
    'model.num_layers_in_first_pipeline_stage',
    'parallel.first-stage-layers',
    count,
  ],
  ['decoder-last-pipeline-num-layers', 'model.num_layers_in_last_pipeline_stage', 'parallel.last-stage-layers', count],
  ['sequence-parallel', 'model.sequence_parallel', 'parallel.sequence-parallel', yes],
  ['tp-comm-overlap', 'comm_overlap.tp_comm_overlap', 'parallel.tp-overlap', yes],
  ['overlap-grad-reduce', 'ddp.overlap_grad_reduce', 'parallel.dp-overlap', yes],
  ['moe-shared-expert-overlap', 'model.moe_shared_expert_overlap', 'engine.shared-overlap', yes],
  ['global-batch-size', 'train.global_batch_size', 'workload.global-batch', count],
  ['micro-batch-size', 'train.micro_batch_size', 'workload.micro-batch', count],
  ['seq-length', 'dataset.seq_length', 'workload.length', count],
] as const;

/** What differs in the names of the two. */
interface Names {
  readonly [lm: string]: string;
}

const BRIDGE_NAMES: Names = {
  'tensor-model-parallel-size': 'model.tensor_model_parallel_size',
  'pipeline-model-parallel-size': 'model.pipeline_model_parallel_size',
  'context-parallel-size': 'model.context_parallel_size',
  'expert-model-parallel-size': 'model.expert_model_parallel_size',
  'expert-tensor-parallel-size': 'model.expert_tensor_parallel_size',
  'num-virtual-stages-per-pipeline-rank': 'model.virtual_pipeline_model_parallel_size',
  'recompute-granularity': 'model.recompute_granularity',
  'recompute-modules': 'model.recompute_modules',
  'recompute-num-layers': 'model.recompute_num_layers',
  'recompute-method': 'model.recompute_method',
  'moe-token-dispatcher-type': 'model.moe_token_dispatcher_type',
  'moe-flex-dispatcher-backend': 'model.moe_flex_dispatcher_backend',
  'use-distributed-optimizer': 'ddp.use_distributed_optimizer',
  'use-megatron-fsdp': 'ddp.use_megatron_fsdp',
  'data-parallel-sharding-strategy': 'ddp.data_parallel_sharding_strategy',
  'num-layers-per-virtual-pipeline-stage': 'model.num_layers_per_virtual_pipeline_stage',
};

/** Names of modules that are computed again (Megatron-Core: `TransformerConfig.recompute_modules`). */
const MODULES: Readonly<Record<string, string>> = {
  core_attn: 'attention',
  layernorm: 'norm',
  mla_up_proj: 'mla-up',
  moe: 'experts',
  moe_act: 'activation',
  mlp: 'dense',
  shared_experts: 'shared-experts',
};

const DISPATCHERS: Codec = words({ allgather: 'gather', alltoall: 'nccl' });

/** A text without quotes around it, as an override or a shell may leave them. */
function text(): Codec {
  return { read: (value) => (typeof value === 'string' ? unquoted(value) : undefined), write: (value) => value };
}

function unquoted(value: string): string {
  return value.replace(/^(["'])([\s\S]*)\1$/, '$2');
}

/** How Megatron-LM is started: arguments behind the training script. Data parallelism is what the GPUs leave. */
export const launch: EngineLaunch = launchBy(MEGATRON_ARGUMENTS, 0);

/** How Megatron-Bridge is started: overrides of a recipe. `expert_tensor_parallel_size` is 1 where it says nothing. */
export const bridgeLaunch: EngineLaunch = launchBy(BRIDGE_ARGUMENTS, 1);

function launchBy(table: ArgumentTable, column: 0 | 1): EngineLaunch {
  const nameOf = (lm: string) => (column === 0 ? lm : (BRIDGE_NAMES[lm] ?? lm));
  return {
    table,
    modelNames: [],
    starters: column === 0 ? [[/(?:^|\/)pretrain_\w+\.py$/]] : [],
    namesModelFirst: false,
    read: (given, place): LaunchReading => {
      const reader = new LaunchReader(given);
      const degree = (lm: string) => given.count(nameOf(lm)) ?? 1;
      const tp = degree('tensor-model-parallel-size');
      const cp = degree('context-parallel-size');
      const pp = degree('pipeline-model-parallel-size');
      reader.degrees({
        tp: [tp, nameOf('tensor-model-parallel-size')],
        cp: [cp, nameOf('context-parallel-size')],
        pp: [pp, nameOf('pipeline-model-parallel-size')],
        ep: [degree('expert-model-parallel-size'), nameOf('expert-model-parallel-size')],
      });
      const etp = given.count(nameOf('expert-tensor-parallel-size'));
      if (etp !== undefined) reader.say('parallel.etp', etp, [nameOf('expert-tensor-parallel-size')]);
      chunks(reader, nameOf);
      reader.direct(ROWS.map((row) => direct(row[column], row[2], row[3])));
      recompute(reader, nameOf);
      shard(reader, nameOf, column === 1);
      dispatch(reader, nameOf);
      return { statements: reader.statements, notes: reader.notes, gpus: place.gpus ?? tp * cp * pp, replicas: 1 };
    },
    ofServer: [],
    start: (_model, written, { node, nodes, gpusPerNode }) =>
      column === 1
        ? { words: [], overrides: written.arguments.map(({ name, value }) => `${name}=${overrideText(value)}`) }
        : {
            words: [
              'torchrun',
              ...['--nnodes', String(nodes), '--node-rank', String(node), '--nproc-per-node', String(gpusPerNode)],
              ...['--master-addr', LEADER, 'pretrain_gpt.py'],
              ...flagWords(written.arguments, () => []),
            ],
          },
    write: (place) => {
      const writer = new LaunchWriter(place);
      const { tp, cp, pp, ep, etp, vpp } = place.pool.parallel;
      // Both always write `etp`, whose default differs: Megatron-LM's is tp, Megatron-Bridge's 1 once experts are spread.
      for (const [name, degree] of Object.entries({
        'tensor-model-parallel-size': tp,
        'pipeline-model-parallel-size': pp,
        'context-parallel-size': cp,
        'expert-model-parallel-size': ep,
        'expert-tensor-parallel-size': etp,
      }))
        writer.give(nameOf(name), degree);
      // A layout says how many chunks there are.
      if (vpp > 1 && (column === 1 || writer.setting('parallel.layout') === undefined))
        writer.give(nameOf('num-virtual-stages-per-pipeline-rank'), vpp);
      writer.direct(ROWS.map((row) => direct(row[column], row[2], row[3])));
      trainedBy(writer, nameOf);
      return { arguments: writer.arguments, environment: writer.environment };
    },
  };
}

/** A value as Python writes it. */
function overrideText(value: Json): string {
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

type NameOf = (lm: string) => string;

/** What Megatron says in several arguments. */
function trainedBy(writer: LaunchWriter, nameOf: NameOf): void {
  const recomputed = writer.place.said.parallel.recompute;
  if (recomputed.includes('full')) {
    writer.give(nameOf('recompute-granularity'), 'full');
    const layers = writer.number('parallel.recompute-layers');
    writer.give(nameOf('recompute-method'), layers === undefined ? 'uniform' : 'block');
    writer.give(nameOf('recompute-num-layers'), layers ?? 1);
  } else if (recomputed.length > 0) {
    writer.give(nameOf('recompute-granularity'), 'selective');
    const modules = Object.entries(MODULES).flatMap(([module, word]) =>
      recomputed.some((part) => part === word) ? [module] : [],
    );
    if (modules.length > 0) writer.give(nameOf('recompute-modules'), modules);
  }
  const zero = writer.number('parallel.zero') ?? 0;
  if (zero === 1) writer.give(nameOf('use-distributed-optimizer'), true);
  if (zero > 1) {
    writer.give(nameOf('use-megatron-fsdp'), true);
    writer.give(
      nameOf('data-parallel-sharding-strategy'),
      Object.entries(STRATEGIES).find(([, stage]) => stage === zero)?.[0] ?? 'optim',
    );
  }
  if (writer.place.pool.parallel.ep === 1) return;
  const exchange = writer.setting('engine.all-to-all') ?? 'nccl';
  const type = DISPATCHERS.write(exchange);
  writer.give(nameOf('moe-token-dispatcher-type'), type ?? 'flex');
  if (type === undefined) writer.give(nameOf('moe-flex-dispatcher-backend'), 'deepep');
}

function chunks(reader: LaunchReader, nameOf: NameOf): void {
  const name = nameOf('num-virtual-stages-per-pipeline-rank');
  const vpp = reader.given.count(name);
  if (vpp !== undefined && vpp > 1) reader.say('parallel.vpp', vpp, [name]);
  const layers = nameOf('num-layers-per-virtual-pipeline-stage');
  if (reader.given.get(layers))
    reader.note('beyond', 'layers of a chunk are written as `vpp`, the number of chunks of a stage', layers);
}

function recompute(reader: LaunchReader, nameOf: NameOf): void {
  const { given } = reader;
  const name = nameOf('recompute-granularity');
  const granularity = given.text(name);
  const granular = granularity === undefined ? undefined : unquoted(granularity);
  const listed = nameOf('recompute-modules');
  const modules = itemsOf(given.get(listed)?.value);
  if (granular === 'full') {
    reader.say('parallel.recompute', 'full', [name]);
    const layers = given.count(nameOf('recompute-num-layers'));
    if (layers !== undefined && layers > 0)
      reader.say('parallel.recompute-layers', layers, [nameOf('recompute-num-layers')]);
  } else if (granular === 'selective') {
    const known = modules.flatMap((module) => MODULES[module] ?? []);
    for (const module of modules)
      if (MODULES[module] === undefined) reader.note('beyond', `\`${module}\` has no word in \`recompute\``, listed);
    const said = modules.length === 0 ? 'selective' : known.length === 1 ? (known[0] ?? '') : `[${known.join(', ')}]`;
    if (modules.length === 0 || known.length > 0) reader.say('parallel.recompute', said, [name, listed]);
  }
}

/** A list as YAML, JSON or a shell writes it. */
function itemsOf(value: Json | undefined): readonly string[] {
  if (Array.isArray(value)) return value.map((item) => unquoted(String(item)));
  return typeof value === 'string' ? (value.match(/[\w-]+/g) ?? []) : [];
}

const STRATEGIES: Readonly<Record<string, number>> = { no_shard: 0, optim: 1, optim_grads: 2, optim_grads_params: 3 };

function shard(reader: LaunchReader, nameOf: NameOf, isByRecipe: boolean): void {
  const strategy = nameOf('data-parallel-sharding-strategy');
  const stage = STRATEGIES[unquoted(reader.given.text(strategy) ?? '')];
  const distributed = nameOf('use-distributed-optimizer');
  if (stage !== undefined && stage > 0) reader.say('parallel.zero', stage, [strategy]);
  else if (flagOf(reader.given.get(distributed)?.value)) reader.say('parallel.zero', 1, [distributed]);
  else if (isByRecipe && !reader.given.get(distributed))
    reader.assume('parallel.zero', 1, 'recipes of Megatron-Bridge use the distributed optimizer');
}

function dispatch(reader: LaunchReader, nameOf: NameOf): void {
  const [type, backend] = [nameOf('moe-token-dispatcher-type'), nameOf('moe-flex-dispatcher-backend')];
  const written = unquoted(reader.given.text(type) ?? '');
  if (written === 'flex') {
    const library = unquoted(reader.given.text(backend) ?? 'deepep');
    if (library === 'deepep') reader.say('engine.all-to-all', 'deepep', [type, backend]);
    else
      reader.note(
        'beyond',
        `\`${library}\` has no word in a plan, whose times are those of NCCL's all-to-all`,
        backend,
      );
  } else {
    const word = DISPATCHERS.read(written);
    if (word !== undefined) reader.say('engine.all-to-all', word, [type]);
  }
}
