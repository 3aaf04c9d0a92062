import { FAMILIES } from '../../server/src/plan/huggingFace/families/index.ts';
import type { ArchitectureNotes } from '../../server/src/plan/huggingFace/family.ts';
import { code, generatedFrom, table } from './markdown.ts';

/** The page of the architectures whose configs are read, from their declarations. */
export function architecturesPage(): string {
  const rows = Object.entries(FAMILIES)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([type, { known }]) => [code(type), known?.models ?? '', heldTo(known), known?.source ?? '']);
  return `${generatedFrom(['server/src/plan/huggingFace/families'])}
# Architectures of Hugging Face

\`model mine from "config.json"\` reads the configs of these ${rows.length} architectures (\`model_type\`); the
[reference](language.md#from) says how. Parameters and cache are counted from the reference code in the last column. Where a
total is published to the last digit, a test holds the count to it; where a maker states a rounded one, a test holds the count to
one that was made by hand, tensor by tensor.

${table(['architecture', 'models', 'held to', 'counted from'], rows)}
`;
}

function heldTo(known: ArchitectureNotes | undefined): string {
  const { published, stated } = known ?? {};
  if (published) return `${published.model}: ${published.total.toLocaleString('en-US')}`;
  return stated ? `${stated.model}, stated as ${stated.total}` : '';
}
