import { engineProfile } from '../../engines/index.ts';
import type { EngineName } from '../../plan/deployment.ts';
import { LINEAR } from '../constants/attention.ts';
import { ELEMENTWISE_EFFICIENCY } from '../constants/host.ts';
import { type Constants, ofRow } from '../constants/row.ts';
import type { Hardware } from '../hardware.ts';
import { boundOf, type Cost, only } from './primitive.ts';

/** Element-wise kernels and state-space layers have no table of their own, so their residual is wide. */
const RESIDUAL = 0.25;

/** Returns a function that looks up the constants of an engine's element-wise kernels, once for each engine. */
function ofEngines(further: Readonly<Record<string, number>>): (engine: EngineName) => Constants {
  const constantsOfEngine = new Map<EngineName, Constants>();
  return (engine) => {
    const cachedConstants = constantsOfEngine.get(engine);
    if (cachedConstants) return cachedConstants;
    const { elementwiseStart } = engineProfile(engine).constants;
    const values = { elementwiseStart, bandwidth: ELEMENTWISE_EFFICIENCY, ...further, residual: RESIDUAL };
    const constants = ofRow('elementwise', engine, values);
    constantsOfEngine.set(engine, constants);
    return constants;
  };
}

const elementwiseConstants = ofEngines({});

/** The same constants with that of linear attention. */
export const linearConstants = ofEngines({ compute: LINEAR.compute });

/** Norms, residual sums, activations, gathers: `bytes / (0.8 BW) + start`. A fused kernel has no start of its own. */
export function elementwise(hardware: Hardware, bytes: number, flop: number, fused = false): Cost {
  const start = fused ? 0 : hardware.engine.elementwiseStart;
  const memory = bytes / (ELEMENTWISE_EFFICIENCY * hardware.gpu.memoryBandwidth);
  return {
    flop,
    bytes,
    seconds: start + memory,
    bound: boundOf(start, 0, memory),
    formula: 'elementwise',
    constants: only(elementwiseConstants(hardware.engineName)),
  };
}
