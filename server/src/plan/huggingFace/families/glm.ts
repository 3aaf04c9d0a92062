import { attentionOf, latentOf } from '../attention.ts';
import type { ConfigReader } from '../configReader.ts';
import type { AttentionContext, AttentionParts, Families, Family, LayerKinds } from '../family.ts';
import { kindsNamed } from '../layers.ts';

const GLM: Family = { outputBias: false, defaults: { head_dim: 128 }, irrelevant: 'rope_ratio' };

export const families: Families = {
  glm: GLM,
  glm4: { ...GLM, norms: 4 },
  glm4_moe: { ...GLM, routerBias: true, copiedTables: 2 },
  glm4_moe_lite: { latent: 'plain', routerBias: true, copiedTables: 2, storesRotary: true },
  glm_moe_dsa: { latent: 'indexed', routerBias: true, attention: sharedIndexers, kinds: indexerKinds },
};

/** GLM-5.2: a list says which layers have an indexer. The other fields say again what the list does. */
function sharedIndexers(context: AttentionContext): AttentionParts | undefined {
  const { read, family } = context;
  const latent = latentOf(context);
  if (!latent?.indexer || read.texts('indexer_types').length === 0) {
    const { attention: _, ...plain } = family;
    return attentionOf({ ...context, family: plain });
  }
  for (const field of ['index_topk_freq', 'index_topk_pattern', 'index_skip_topk_offset']) read.has(field);
  read.flag('index_share_for_mtp_iteration');
  return {
    full: { ...latent, name: 'indexed' },
    reused: { ...latent, name: 'reusing', indexer: { ...latent.indexer, reused: true } },
  };
}

const INDEXER_TYPES: Readonly<Record<string, string>> = { full: 'full', shared: 'reused' };

function indexerKinds(read: ConfigReader, _: number, parts: AttentionParts): LayerKinds | undefined {
  return parts.reused && kindsNamed(read.texts('indexer_types'), INDEXER_TYPES);
}
