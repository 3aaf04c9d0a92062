import { ConfigReader } from './configReader.ts';
import type { Family, Json } from './family.ts';

/** Fields that state a length, by architecture. Where several are there, the shortest holds. */
const LENGTHS = ['max_position_embeddings', 'positions', 'max_seq_len', 'seq_length', 'max_sequence_length'] as const;

/** Scaling that leads to the stated length instead of away from it. */
const TO_STATED: ReadonlySet<string> = new Set(['su', 'longrope', 'llama3']);

/**
 * Tokens of the longest sequence that the model is made for, as serving engines derive it from a config (vLLM 0.12,
 * `_get_and_verify_max_len` in config/model.py; with its LongRoPE that asks for less, a model is made for more). It changes
 * no shape: a value that is no number leaves it unknown and refuses nothing.
 */
export function contextOf(read: ConfigReader, family: Family): number | undefined {
  const stated = LENGTHS.flatMap((field) => read.optional(field) || []);
  // Command R and Kimi Linear state by this field what they were trained for.
  const length = read.optional('model_max_length') || (stated.length > 0 ? Math.min(...stated) : undefined);
  const scaling = read.object('rope_scaling') ?? read.object('rope_parameters');
  if (!scaling || family.statesScaledLength) return length;
  const scaled = byLayerKind(scaling).flatMap((part) => scaledLength(new ConfigReader(part), length) ?? []);
  return scaled.length > 0 ? Math.max(...scaled) : undefined;
}

/** One scaling for all layers, or one for each kind of layer. */
function byLayerKind(scaling: Json): readonly Json[] {
  const parts = Object.values(scaling).flatMap((part) =>
    typeof part === 'object' && part !== null && !Array.isArray(part) ? [{ ...part }] : [],
  );
  return parts.length > 0 ? parts : [scaling];
}

/** YaRN stretches the length that was trained first, other kinds the stated one. */
function scaledLength(scaling: ConfigReader, length: number | undefined): number | undefined {
  const kind = scaling.text('rope_type') ?? scaling.text('type');
  const factor = scaling.positive('factor');
  if (kind === undefined || factor === undefined || TO_STATED.has(kind)) return length;
  const from = kind === 'yarn' ? (scaling.optional('original_max_position_embeddings') ?? length) : length;
  return from === undefined ? undefined : Math.floor(from * factor);
}
