// Written by scripts/generate-families.ts from the files of this folder.
import type { Families } from '../family.ts';
import { families as arcee } from './arcee.ts';
import { families as arctic } from './arctic.ts';
import { families as bailing } from './bailing.ts';
import { families as cohere } from './cohere.ts';
import { families as dbrx } from './dbrx.ts';
import { families as deci } from './deci.ts';
import { families as deepseek } from './deepseek.ts';
import { families as dots } from './dots.ts';
import { families as ernie } from './ernie.ts';
import { families as exaone } from './exaone.ts';
import { families as falconH1 } from './falconH1.ts';
import { families as gemma } from './gemma.ts';
import { families as gemma4 } from './gemma4.ts';
import { families as glm } from './glm.ts';
import { families as gpt2 } from './gpt2.ts';
import { families as gptOss } from './gptOss.ts';
import { families as granite } from './granite.ts';
import { families as grok } from './grok.ts';
import { families as hunyuan } from './hunyuan.ts';
import { families as internlm } from './internlm.ts';
import { families as jamba } from './jamba.ts';
import { families as kimi } from './kimi.ts';
import { families as lfm2 } from './lfm2.ts';
import { families as llama } from './llama.ts';
import { families as longcat } from './longcat.ts';
import { families as mimoV2 } from './mimoV2.ts';
import { families as minimax } from './minimax.ts';
import { families as mistral } from './mistral.ts';
import { families as nemotron } from './nemotron.ts';
import { families as olmo } from './olmo.ts';
import { families as phi } from './phi.ts';
import { families as poolside } from './poolside.ts';
import { families as qwen } from './qwen.ts';
import { families as qwenOmni } from './qwenOmni.ts';
import { families as seedOss } from './seedOss.ts';
import { families as smollm } from './smollm.ts';
import { families as step } from './step.ts';
import { families as upstage } from './upstage.ts';
import { families as xiaomi } from './xiaomi.ts';

/** What each file declares. No two declare the same `model_type`: a test holds that. */
export const DECLARED: readonly Families[] = [
  arcee,
  arctic,
  bailing,
  cohere,
  dbrx,
  deci,
  deepseek,
  dots,
  ernie,
  exaone,
  falconH1,
  gemma,
  gemma4,
  glm,
  gpt2,
  gptOss,
  granite,
  grok,
  hunyuan,
  internlm,
  jamba,
  kimi,
  lfm2,
  llama,
  longcat,
  mimoV2,
  minimax,
  mistral,
  nemotron,
  olmo,
  phi,
  poolside,
  qwen,
  qwenOmni,
  seedOss,
  smollm,
  step,
  upstage,
  xiaomi,
];

/** Every architecture that is read, by its `model_type`. */
export const FAMILIES: Families = Object.fromEntries(DECLARED.flatMap((families) => Object.entries(families)));
