import type { EngineRule } from '../../rule.ts';

/**
 * A chunk of SGLang's prompts is no multiple of a page of its cache.
 *
 * `--chunked-prefill-size`, divided by `--dp-size` under attention data parallelism, must be a multiple of `--page-size`. Otherwise
 * the engine stops at start.
 *
 * ## Not so
 * ```moeplan
 * engine { name = sglang, chunk = 1000 tokens, page = 64 tokens }
 * ```
 *
 * ## But so
 * ```moeplan
 * engine { name = sglang, chunk = 1024 tokens, page = 64 tokens }
 * ```
 *
 * ## How to fix it
 * Use the next multiple. Holds for SGLang 0.5 (`ServerArgs.check_server_args`); a pool that only generates tokens has no chunks.
 */
export const sglangChunkBetweenPages: EngineRule = {
  name: 'sglang-chunk-between-pages',
  family: 'engine',
  severity: 'error',
  summary: 'A chunk of SGLang is no multiple of a page.',
  check({ pool, said }) {
    const { chunkTokens, pageTokens } = pool.engine;
    if (pool.role === 'decode' || chunkTokens === undefined || chunkTokens % pageTokens === 0) return undefined;
    // The chunk as it is written is that of a whole server.
    const ranks = Math.max(1, Math.round((said.engine.chunkTokens ?? chunkTokens) / chunkTokens));
    const multiple = Math.ceil(chunkTokens / pageTokens) * pageTokens * ranks;
    return {
      at: ['engine.chunk', 'engine.page'],
      message:
        `SGLang does not start with chunks of ${chunkTokens} tokens${ranks > 1 ? ' on a rank' : ''} and pages of ${pageTokens}: ` +
        `\`--chunked-prefill-size\` must be a multiple of \`--page-size\`; use chunk = ${multiple} tokens`,
      remedies: [[{ setting: 'engine.chunk', value: `${multiple} tokens` }]],
    };
  },
};
