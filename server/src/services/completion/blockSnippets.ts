import { escapeSnippet } from './item.ts';

/** A whole block to fill in, which is offered where it may be written. */
export interface BlockSnippet {
  readonly label: string;
  /** Keywords of the blocks in which it may be written; `file` is the top level. */
  readonly parents: readonly string[];
  readonly detail: string;
  /** Lines of the snippet. `name` gives the user's own block of a kind, or the passed default when there is none. */
  readonly lines: (name: (kind: string, otherwise: string) => string) => readonly string[];
}

export const BLOCK_SNIPPETS: readonly BlockSnippet[] = [
  {
    label: 'model with experts',
    parents: ['file'],
    detail: 'a mixture-of-experts model, written out',
    lines: () => [
      'model ${1:my-moe} {',
      '\tlayers  = ${2:32}',
      '\thidden  = ${3:4096}',
      '\tweights = ${4|bf16,fp8,fp8-block,fp8-channel,mxfp8,nvfp4,mxfp4,int8,int4,int4-128,fp16,fp32|}',
      '\tattention { heads = ${5:32}, kv-heads = ${6:8}, head-size = ${7:128} }',
      '\texperts   { count = ${8:64}, top-k = ${9:8}, ffn = ${10:2048} }',
      '}',
    ],
  },
  {
    label: 'model from config',
    parents: ['file'],
    detail: 'a model read from a Hugging Face config.json',
    lines: () => ['model ${1:my-moe} from "${2:./config.json}"$0'],
  },
  {
    label: 'cluster of nodes',
    parents: ['file'],
    detail: 'nodes of one kind',
    lines: () => ['cluster ${1:my-cluster} {', '\tnode  = ${2:DGX-H100}', '\tcount = ${3:2}', '}'],
  },
  {
    label: 'workload of one batch',
    parents: ['file'],
    detail: 'one batch forward',
    lines: () => ['workload ${1:one-batch} {', '\tsequences = ${2:128}', '\tlength    = ${3:8_192} tokens', '}'],
  },
  {
    label: 'workload of serving',
    parents: ['file'],
    detail: 'requests with prompts and answers',
    lines: () => [
      'workload ${1:chat} {',
      '\tinput       = ${2:4_000} tokens',
      '\toutput      = ${3:1_000} tokens',
      '\tconcurrency = ${4:256}',
      '}',
    ],
  },
  {
    label: 'workload of training',
    parents: ['file'],
    detail: 'optimizer steps over batches',
    lines: () => [
      'workload ${1:training} {',
      '\tlength       = ${2:4_096} tokens',
      '\tglobal-batch = ${3:2048}',
      '\tmicro-batch  = ${4:1}',
      '}',
    ],
  },
  {
    label: 'deployment of a model',
    parents: ['file'],
    detail: 'a model laid over a cluster for a workload',
    lines: (name) => [
      'deployment ${1:plan} {',
      `\tmodel = \${2:${name('model', 'my-moe')}}, cluster = \${3:${name('cluster', 'my-cluster')}}, workload = \${4:${name('workload', 'my-workload')}}`,
      '\tparallel { tp = ${5:8}, ep = ${6:8} }',
      '\t$0',
      '}',
    ],
  },
  {
    label: 'stage of layers on GPUs',
    parents: ['deployment', 'pool'],
    detail: 'a pipeline stage',
    lines: () => ['stage ${1:front} { layers = ${2:0}..${3:1}, gpus = ${4:0}..${5:7} }'],
  },
  {
    label: 'pools for prefill and decode',
    parents: ['deployment'],
    detail: 'GPUs that each do one part of serving',
    lines: () => [
      'pool prefill {',
      '\tgpus = ${1:0}..${2:7}',
      '\tparallel { tp = ${3:8} }',
      '}',
      'pool decode {',
      '\tgpus = ${4:8}..${5:15}',
      '\tparallel { ep = ${6:8} }',
      '}',
      'prefill -> decode',
    ],
  },
  {
    label: 'experts with a shared one',
    parents: ['model'],
    detail: 'the routed experts of a model',
    lines: () => ['experts { count = ${1:64}, top-k = ${2:8}, ffn = ${3:2048}, shared = ${4:1} }'],
  },
  {
    label: 'attention with grouped queries',
    parents: ['model'],
    detail: 'GQA',
    lines: () => ['attention { heads = ${1:32}, kv-heads = ${2:8}, head-size = ${3:128} }'],
  },
  {
    label: 'attention, latent',
    parents: ['model'],
    detail: 'MLA',
    lines: () => [
      'attention {',
      '\theads      = ${1:128}',
      '\tquery-rank = ${2:1536}',
      '\tkv-rank    = ${3:512}',
      '\tnope-size  = ${4:128}',
      '\trope-size  = ${5:64}',
      '\tvalue-size = ${6:128}',
      '}',
    ],
  },
  {
    label: 'expect of memory and throughput',
    parents: ['deployment'],
    detail: 'claims that are checked against the computed figures',
    lines: () => ['expect {', '\tmemory-per-gpu <= ${1:75} GiB', '\tthroughput     >= ${2:100_000} tokens/s', '}'],
  },
];

/** The text of a snippet. The user's own names are inserted as they are written. */
export function snippetText({ lines }: BlockSnippet, ownName: (kind: string) => string | undefined): string {
  return lines((kind, otherwise) => escapeSnippet(ownName(kind) ?? otherwise)).join('\n');
}
