import { type ArgumentTable, argumentsOf } from '../argument.ts';
import { SGLANG_BEYOND } from './argumentsBeyond.ts';
import { SGLANG_WITHOUT_EFFECT } from './argumentsWithoutEffect.ts';

/** What a plan states. */
const STATED = argumentsOf(
  'plan',
  `
  model-path, model                                 text
  dtype                                             text [auto half float16 bfloat16 float float32]
  quantization                                      text [awq fp8 mxfp8 gptq gptq_marlin awq_marlin bitsandbytes gguf modelopt modelopt_fp8 modelopt_fp4 nvfp4_online modelopt_mixed petit_nvfp4 w8a8_int8 w8a8_fp8 moe_wna16 qoq w4afp8 mxfp4 auto-round auto-round-int8 compressed-tensors modelslim mxfp_w4a8 quark quark_int4fp8_moe quark_mxfp4 mlx_q4 mlx_q8 unquant humming]
  kv-cache-dtype                                    text [auto fp8_e5m2 fp8_e4m3 mxfp8 bf16 bfloat16 nvfp4 fp4_mx_block16 fp4_e2m1]
  tp-size, tensor-parallel-size, tp                 integer
  pp-size, pipeline-parallel-size, pp               integer
  dp-size, data-parallel-size, dp                   integer
  ep-size, expert-parallel-size, ep                 integer
  moe-dp-size, moe-data-parallel-size               integer
  attn-cp-size, attention-context-parallel-size     integer
  dcp-size, decode-context-parallel-size            integer
  enable-prefill-cp, enable-prefill-context-parallel, enable-nsa-prefill-context-parallel, enable-dsa-prefill-context-parallel switch
  enable-dp-attention                               switch
  enable-dp-lm-head                                 switch
  moe-dense-tp-size                                 integer
  nnodes                                            integer
  mem-fraction-static                               number
  max-running-requests                              integer
  max-total-tokens                                  integer
  context-length                                    integer
  chunked-prefill-size                              integer
  page-size                                         integer
  swa-full-tokens-ratio                             number
  mamba-full-memory-ratio                           number
  disable-radix-cache                               switch
  disable-cuda-graph                                switch
  disable-decode-cuda-graph                         switch
  cuda-graph-config                                 json
  cuda-graph-config.decode.backend                  text [full breakable tc_piecewise disabled]
  cuda-graph-config.decode.max_bs                   integer
  cuda-graph-config.decode.bs                       text
  cuda-graph-backend-decode                         text [full breakable tc_piecewise disabled]
  cuda-graph-max-bs-decode, cuda-graph-max-bs       integer
  cuda-graph-bs-decode, cuda-graph-bs               text
  moe-a2a-backend                                   text [none deepep deepep_v2 mooncake nixl mori ascend_fuseep ascend_tp flashinfer megamoe flashinfer_megamoe pplx]
  enable-deepep-moe                                 switch
  deepep-mode                                       text [auto normal low_latency]
  deepep-v2-mode                                    text [direct hybrid]
  moe-runner-backend                                text [auto deep_gemm triton triton_kernel flashinfer_trtllm experimental_sgl_trtllm flashinfer_trtllm_routed flashinfer_cutlass flashinfer_mxfp4 flashinfer_cutedsl flashinfer_megamoe cutlass aiter marlin humming experimental_sgl_marlin hpc_ops megamoe intel_xpu]
  enable-ep-moe                                     switch
  enable-eplb                                       switch
  ep-num-redundant-experts                          integer
  init-expert-location                              text
  ep-dispatch-algorithm                             text [static dynamic fake lp]
  eplb-algorithm                                    text
  enable-two-batch-overlap                          switch
  speculative-algorithm, speculative-algo           text
  speculative-num-steps                             integer
  speculative-eagle-topk                            integer
  speculative-num-draft-tokens                      integer
  speculative-dflash-block-size                     integer
  speculative-dspark-block-size                     integer
  disaggregation-mode                               text [null prefill decode]
  `,
);

/**
 * The arguments of `sglang.launch_server`. Its parser takes any beginning of a name that no other has (`--speculative-algo`), and
 * `32k` for some integers; lists are several words. Switches take no `--no-`, but for a few.
 */
export const SGLANG_ARGUMENTS: ArgumentTable = {
  source:
    'SGLang main of autumn 2026: srt/arg_groups/fields/*.py (exec_.py at 01d795f8, parallel.py at 00ac7105, spec.py at 015c8726), arg_groups/choices.py (0099dee6), deprecated ones in srt/server_args.py; those of 0.4 to 0.5.12 that were removed since',
  arguments: [...STATED, ...SGLANG_BEYOND, ...SGLANG_WITHOUT_EFFECT],
};
