import { engineProfile } from '../engines/index.ts';
import type { EngineLaunch } from '../engines/launch.ts';
import { ENGINE_NAMES, type EngineName } from '../language/vocabulary/engine.ts';

/** Engines that somebody starts, and how. */
export const LAUNCHED: readonly (readonly [engine: EngineName, launch: EngineLaunch])[] = ENGINE_NAMES.flatMap(
  (engine) => {
    const { launch } = engineProfile(engine);
    return launch ? [[engine, launch] as const] : [];
  },
);
