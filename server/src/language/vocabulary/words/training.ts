import { none, row } from './foreign.ts';

/**
 * Words of training. Parts of NVIDIA/Megatron-LM megatron/training/arguments.py (at 000c4ac24f61; core 0.20) were read in the
 * source. The rest, and NVIDIA-NeMo/Megatron-Bridge 0.7 (the same names below `model.` and `train.`), are from a list of flags
 * that was made from these versions. Words that people say have no source.
 */
export const TRAINING_WORDS = [
  row('workload.length', {
    megatron: 'seq-length encoder-seq-length',
    huggingface: 'model_max_length',
    spoken: 'seq-len seqlen sequence-length max-seq-length max-sequence-length tokens-per-sequence',
  }),
  row('workload.global-batch', {
    megatron: 'global-batch-size',
    spoken: 'gbs train-batch-size total-batch-size effective-batch-size',
  }),
  row('workload.micro-batch', {
    megatron: 'micro-batch-size',
    huggingface: 'per_device_train_batch_size',
    spoken: 'mbs microbatch microbatch-size train-micro-batch-size-per-gpu',
  }),
  row('workload.dropout', { megatron: 'hidden-dropout attention-dropout' }),
  row('workload.trainable', { spoken: 'peft finetune-type adapters' }, { value: 'rewrite' }),
  row('parallel.micro-batches', {
    huggingface: 'gradient_accumulation_steps',
    spoken: 'num-microbatches num-micro-batches grad-accum gradient-accumulation accumulation-steps',
  }),
  row('parallel.vpp', {
    megatron: 'num-virtual-stages-per-pipeline-rank virtual-pipeline-model-parallel-size',
    spoken: 'virtual-pipeline interleave virtual-stages',
  }),
  row(
    'parallel.vpp',
    { megatron: 'num-layers-per-virtual-pipeline-stage' },
    { note: '`vpp` counts chunks per GPU, and not layers per chunk', value: 'rewrite' },
  ),
  row('parallel.layout', {
    megatron: 'pipeline-model-parallel-layout',
    spoken: 'pipeline-layout pp-layout pipeline-parallel-layout',
  }),
  row('parallel.first-stage-layers', {
    megatron: 'decoder-first-pipeline-num-layers num-layers-in-first-pipeline-stage',
  }),
  row('parallel.last-stage-layers', {
    megatron: 'decoder-last-pipeline-num-layers num-layers-in-last-pipeline-stage',
  }),
  none(
    'how many layers the first and the last stage have is said by `first-stage-layers`, `last-stage-layers` or `layout`',
    {
      megatron: 'account-for-embedding-in-pipeline-split account-for-loss-in-pipeline-split',
    },
  ),
  row('parallel.schedule', { spoken: 'pipeline-schedule pp-schedule' }),
  row('parallel.sequence-parallel', { spoken: 'sp sequence-parallelism' }),
  row('parallel.zero', { spoken: 'zero-stage zero-optimization deepspeed-stage' }),
  row(
    'parallel.zero',
    { megatron: 'use-distributed-optimizer', spoken: 'distributed-optimizer' },
    { value: { on: '1' } },
  ),
  row(
    'parallel.zero',
    { megatron: 'use-torch-fsdp2 use-megatron-fsdp', spoken: 'fsdp fsdp2 fully-sharded' },
    { value: { on: '3' } },
  ),
  row('parallel.recompute', {
    megatron: 'recompute-granularity recompute-modules',
    spoken: 'activation-recompute activation-recomputation',
  }),
  row('parallel.recompute-layers', { megatron: 'recompute-num-layers', spoken: 'checkpointed-layers' }),
  row(
    'parallel.recompute',
    { huggingface: 'gradient_checkpointing', spoken: 'activation-checkpointing checkpointing remat' },
    { value: { on: 'full' } },
  ),
  row('parallel.tp-overlap', { megatron: 'tp-comm-overlap' }),
  row('parallel.dp-overlap', { megatron: 'overlap-grad-reduce overlap-param-gather' }),
  row(
    'deployment.order',
    { megatron: 'use-tp-pp-dp-mapping', spoken: 'rank-order' },
    {
      note: 'write a list, for example `[tp, cp, pp, dp]`',
      value: 'rewrite',
    },
  ),
  row('engine.fused-loss', { megatron: 'cross-entropy-loss-fusion', spoken: 'fused-cross-entropy' }),
  row('engine.fused-experts', { megatron: 'moe-grouped-gemm', spoken: 'grouped-gemm' }),
  row(
    'engine.flash-attention',
    { megatron: 'use-flash-attn', spoken: 'flash-attn fa-version flashattention' },
    {
      note: 'write its version, or 0 where there is none',
      value: 'rewrite',
    },
  ),
  row(
    'types.compute types.weights',
    { megatron: 'fp8-format fp8-recipe fp4-format', spoken: 'mixed-precision training-precision' },
    { value: 'rewrite' },
  ),
  row('types.moments', { spoken: 'optimizer-dtype optimizer-state-dtype moments-dtype' }),
  row('types.first-moment', { megatron: 'exp-avg-dtype' }),
  row('types.second-moment', { megatron: 'exp-avg-sq-dtype' }),
  row('types.main', { megatron: 'main-params-dtype', spoken: 'master-weights master-weights-dtype master-dtype' }),
  row(
    'types.main',
    { megatron: 'use-precision-aware-optimizer' },
    {
      note: 'unless `store-param-remainders` is off, it keeps beside bf16 weights the 16 bits that fp32 adds to them',
      value: { on: 'bf16' },
    },
  ),
  row('types.gradients', { megatron: 'main-grads-dtype', spoken: 'grad-dtype gradient-dtype grad-reduce-dtype' }),
  none('a step costs the same whatever it learns', {
    megatron: 'lr weight-decay clip-grad adam-beta1 adam-beta2 train-iters lr-decay-style moe-aux-loss-coeff',
    huggingface: 'learning_rate warmup_steps num_train_epochs',
    spoken: 'epochs steps max-steps warmup',
  }),
  row('parallel.offload', { megatron: 'optimizer-cpu-offload' }, { value: { on: 'optimizer' } }),
  row('parallel.offload', { megatron: 'fine-grained-activation-offloading' }, { value: { on: 'activations' } }),
  row(
    'parallel.offload',
    { spoken: 'cpu-offload offloading offload-to-cpu' },
    { note: 'write `optimizer`, `activations` or both', value: 'rewrite' },
  ),
  none('`offload = activations` takes those of all modules, and which of them is not said', {
    megatron: 'offload-modules',
  }),
];
