import { type CacheHandover, differing, pagesDiffer, typesDiffer } from '../handover.ts';

/**
 * SGLang 0.5 (srt/disaggregation/common/conn.py): page and type of the cache must be the same, and decode runs in one stage or in
 * as many as prefill. Heads are exchanged between different `tp`.
 */
export const handover: CacheHandover = (prefill, decode) => [
  ...typesDiffer(prefill, decode, "SGLang compares both sides' `--kv-cache-dtype`"),
  ...pagesDiffer(prefill, decode, "SGLang compares both sides' `--page-size`"),
  ...(decode.parallel.pp === 1
    ? []
    : differing(
        'parallel.pp',
        String(prefill.parallel.pp),
        String(decode.parallel.pp),
        'SGLang needs a `--pp-size` of decode that is 1 or that of prefill',
      )),
];
