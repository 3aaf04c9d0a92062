import { none, row } from './foreign.ts';

/**
 * Words of models and machines. Fields of Hugging Face configs are as transformers writes them (plan/huggingFace reads them);
 * those of Megatron-LM are from megatron/training/arguments.py at 000c4ac24f61.
 */
export const SHAPE_WORDS = [
  row('model.layers', {
    megatron: 'num-layers',
    huggingface: 'num_hidden_layers n_layer num_layers',
    spoken: 'n-layers depth num-blocks transformer-layers',
  }),
  row('model.hidden', {
    megatron: 'hidden-size',
    huggingface: 'hidden_size n_embd d_model',
    spoken: 'dim hidden-dim model-dim embedding-dim embed-dim width',
  }),
  row('model.vocabulary', { megatron: 'padded-vocab-size vocab-size', huggingface: 'vocab_size', spoken: 'vocab' }),
  row('model.tied', { huggingface: 'tie_word_embeddings', spoken: 'tied-embeddings' }),
  row('model.tied', { megatron: 'untie-embeddings-and-output-weights' }, { value: 'opposite' }),
  row('model.mtp', { megatron: 'mtp-num-layers', huggingface: 'num_nextn_predict_layers', spoken: 'mtp-layers' }),
  row('model.pattern', {
    megatron: 'hybrid-override-pattern',
    huggingface: 'hybrid_override_pattern',
    spoken: 'layer-pattern',
  }),
  row('model.vision', { huggingface: 'vision_config', spoken: 'vit vision-tower' }, { value: 'rewrite' }),
  row('attention.heads', {
    megatron: 'num-attention-heads',
    huggingface: 'num_attention_heads n_head',
    spoken: 'n-heads num-heads query-heads attention-heads q-heads',
  }),
  row('attention.kv-heads', {
    megatron: 'num-query-groups',
    huggingface: 'num_key_value_heads',
    spoken: 'n-kv-heads num-kv-heads key-value-heads gqa-groups kv-groups',
  }),
  row('attention.head-size', { megatron: 'kv-channels', huggingface: 'head_dim', spoken: 'd-head size-per-head' }),
  row('attention.query-rank', { megatron: 'q-lora-rank', huggingface: 'q_lora_rank' }),
  row('attention.kv-rank', { megatron: 'kv-lora-rank', huggingface: 'kv_lora_rank', spoken: 'mla-rank latent-size' }),
  row('attention.nope-size', { megatron: 'qk-head-dim', huggingface: 'qk_nope_head_dim' }),
  row('attention.rope-size', { megatron: 'qk-pos-emb-head-dim', huggingface: 'qk_rope_head_dim' }),
  row('attention.value-size', { megatron: 'v-head-dim', huggingface: 'v_head_dim' }),
  row('attention.window', { huggingface: 'sliding_window', spoken: 'window-size swa attention-window' }),
  row('attention.chunk', { huggingface: 'attention_chunk_size' }),
  row('dense.ffn experts.ffn', {
    megatron: 'ffn-hidden-size',
    huggingface: 'intermediate_size n_inner',
    spoken: 'ffn ffn-dim mlp-dim ffn-size feed-forward-size d-ff inner-size',
  }),
  row('experts.ffn', {
    megatron: 'moe-ffn-hidden-size',
    huggingface: 'moe_intermediate_size',
    spoken: 'expert-dim expert-ffn expert-size moe-ffn',
  }),
  row('experts.count', {
    megatron: 'num-experts',
    huggingface: 'num_experts n_routed_experts num_local_experts',
    spoken: 'n-experts num-routed-experts experts-count routed-experts',
  }),
  row('experts.top-k', {
    megatron: 'moe-router-topk',
    huggingface: 'num_experts_per_tok num_experts_per_token moe_topk',
    spoken: 'topk k active-experts experts-per-token router-topk',
  }),
  row('experts.shared', { huggingface: 'n_shared_experts num_shared_experts', spoken: 'shared-experts' }),
  row('experts.shared-ffn', {
    megatron: 'moe-shared-expert-intermediate-size',
    huggingface: 'shared_expert_intermediate_size',
    spoken: 'shared-expert-size',
  }),
  row('experts.groups', { megatron: 'moe-router-num-groups', huggingface: 'n_group' }),
  row('experts.top-groups', { megatron: 'moe-router-group-topk', huggingface: 'topk_group' }),
  row('experts.first', { huggingface: 'first_k_dense_replace', spoken: 'first-dense num-dense-layers dense-layers' }),
  row('experts.every', { huggingface: 'decoder_sparse_step interleave_moe_layer_step' }),
  row(
    'experts.every',
    { megatron: 'moe-layer-freq', huggingface: 'moe_layer_freq' },
    { value: 'rewrite', note: 'a pattern of layers is `layers { 0..2 = dense, 3..60 = moe }`' },
  ),
  row('experts.latent', { megatron: 'moe-latent-size', huggingface: 'moe_latent_size' }),
  row('gpu.memory', {
    spoken: 'hbm vram hbm-size hbm-capacity memory-size mem gpu-memory device-memory memory-gb',
  }),
  row('gpu.bandwidth', { spoken: 'hbm-bandwidth memory-bandwidth mem-bw memory-bw hbm-bw bw' }),
  row('gpu.bf16', {
    spoken: 'flops tflops peak-flops peak-tflops bf16-tflops bf16-flops fp16 fp16-tflops tensor-flops compute',
  }),
  row('gpu.fp8', { spoken: 'fp8-tflops fp8-flops' }),
  row('gpu.multiprocessors', { spoken: 'sm sms sm-count num-sms cus cu-count compute-units' }),
  row('gpu.price node.price cluster.price', {
    spoken: 'cost cost-per-hour hourly-cost usd-per-hour price-per-hour gpu-cost',
  }),
  row('node.gpus', {
    megatron: 'nproc-per-node',
    spoken: 'gpus-per-node num-gpus-per-node gpus-per-server gpus-per-host devices-per-node',
  }),
  row('node.gpu cluster.gpu', { spoken: 'gpu-type gpu-model accelerator gpu-name gpu-sku device-type' }),
  row('cluster.count', {
    vllm: 'nnodes',
    sglang: 'nnodes',
    spoken: 'nodes num-nodes n-nodes node-count servers machines hosts',
  }),
  row('cluster.node', { spoken: 'machine instance-type instance-type-name server-type node-type machine-type sku' }),
  row('cluster.rack', { spoken: 'nodes-per-rack rack-size racks' }),
  row('node.scale-up', {
    spoken:
      'nvlink nvlink-bandwidth nvlink-bw xgmi infinity-fabric nvswitch intra-node-bandwidth intranode scale-up-bandwidth',
  }),
  row('node.scale-out', {
    spoken:
      'network network-bandwidth network-bw infiniband ib nic nic-bandwidth rdma roce efa ethernet inter-node-bandwidth internode interconnect scale-out-bandwidth',
  }),
  row('node.domain', {
    spoken: 'nvlink-domain nvl nvlink-domain-size scale-up-size scale-up-domain scale-up-world-size hbd',
  }),
  row('expect.utilisation measured.utilisation', {
    spoken: 'mfu hfu utilization model-flops-utilization model-flops-utilisation gpu-utilization',
  }),
  row('expect.ttft measured.ttft', {
    spoken: 'time-to-first-token first-token-latency prefill-latency mean-ttft-ms ttft-ms',
  }),
  row('expect.tpot measured.tpot', {
    spoken:
      'itl tbt inter-token-latency time-per-output-token time-between-tokens token-latency decode-latency mean-tpot-ms tpot-ms',
  }),
  row('expect.throughput measured.throughput', {
    spoken: 'tps tokens-per-second tok-s token-throughput output-throughput total-token-throughput tokens-per-sec',
  }),
  row('expect.throughput-per-gpu measured.throughput-per-gpu', {
    spoken: 'tgs tps-per-gpu tokens-per-second-per-gpu tokens-per-gpu',
  }),
  row('expect.latency measured.latency', {
    spoken: 'e2e e2el e2e-latency end-to-end end-to-end-latency request-latency',
  }),
  row('expect.step measured.step', {
    spoken: 'step-time iteration-time iter-time step-latency time-per-step elapsed-time-per-iteration',
  }),
  row('expect.memory-per-gpu measured.memory-per-gpu', {
    spoken: 'memory peak-memory max-memory memory-used vram-used gpu-memory-used memory-usage',
  }),
  none('a plan claims the share of the peak, as `utilisation` in `expect { }`', {
    megatron: 'throughput-per-gpu-tflops',
    spoken: 'tflops-per-gpu tflop-s-per-gpu achieved-tflops model-tflops',
  }),
  none("it changes nothing of the model's shape, from which all is computed", {
    huggingface:
      'rope_theta rope_scaling rms_norm_eps hidden_act architectures model_type bos_token_id eos_token_id initializer_range',
  }),
];
