import { type CacheHandover, differing, pagesDiffer, typesDiffer } from '../handover.ts';

/**
 * NixlConnector of vLLM 0.24. Both sides must have the same release and type of cache
 * (`compute_nixl_compatibility_hash`), and a page of decode must be whole pages of prefill
 * (`_validate_remote_agent_handshake`). Heads are exchanged between different `tp`.
 */
export const handover: CacheHandover = (prefill, decode) => [
  ...typesDiffer(prefill, decode, "NixlConnector compares both sides' `--kv-cache-dtype`"),
  ...(decode.engine.pageTokens % prefill.engine.pageTokens === 0
    ? []
    : pagesDiffer(
        prefill,
        decode,
        'NixlConnector needs a `--block-size` of decode that is a multiple of that of prefill',
      )),
  ...differing(
    'engine.version',
    prefill.engine.version,
    decode.engine.version,
    "NixlConnector compares both sides' releases of vLLM",
  ),
];
