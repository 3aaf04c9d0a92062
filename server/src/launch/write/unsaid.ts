import type { EngineLaunch, PlanValue } from '../../engines/launch.ts';
import { settingsOf, type WrittenArgument } from '../../engines/launchWriting.ts';
import type { SettingName } from '../../engines/rule.ts';
import type { EngineSettings } from '../../engines/settings.ts';
import type { Deployment, Pool } from '../../plan/deployment.ts';
import { ENGINE_FLAGS, ENGINE_NUMBERS } from '../../plan/fields.ts';
import type { PoolSpec } from '../../plan/spec.ts';

/** Settings that engines complete by themselves. */
const COMPLETED: ReadonlySet<keyof EngineSettings> = new Set([
  'memoryFraction',
  'stepTokens',
  'chunkTokens',
  'maxRequests',
  'maxContext',
  'graphBatch',
  'pageTokens',
  'windowRatio',
  'mambaRatio',
  'dpHead',
  'dpDense',
]);

/**
 * Arguments that decide memory or speed and are not given, with the values that the engine takes in their place: those that are
 * written of the completed pool and not of what is said of it.
 */
export function unsaidArguments(
  deployment: Deployment,
  pool: Pool,
  said: PoolSpec,
  launch: EngineLaunch,
): readonly WrittenArgument[] {
  const given = settingsOf(said);
  const completed = new Map(given);
  const add = (setting: SettingName, value: PlanValue | undefined) => {
    if (value !== undefined && !completed.has(setting)) completed.set(setting, value);
  };
  for (const [name, field] of Object.entries({ ...ENGINE_NUMBERS, ...ENGINE_FLAGS })) {
    const setting: SettingName = `engine.${name}`;
    const value = isCompleted(field) ? pool.engine[field] : undefined;
    // What memory gives a cache is no share any more.
    if (given.has('engine.cache-memory') && setting === 'engine.memory-fraction') continue;
    const isCounted = typeof value === 'number' && launch.ofServer.includes(setting);
    add(setting, isCounted ? value * pool.parallel.dp : typeof value === 'number' ? rounded(value) : value);
  }
  add('types.kv', pool.model.types.kv);
  const place = { pool, deployment, said };
  const names = new Set(launch.write({ ...place, settings: given }).arguments.map(({ name }) => name));
  return launch.write({ ...place, settings: completed }).arguments.filter(({ name }) => !names.has(name));
}

function isCompleted(field: string): field is keyof EngineSettings {
  const names: ReadonlySet<string> = COMPLETED;
  return names.has(field);
}

/** Shares of memory are computed to more digits than anyone writes. */
function rounded(value: number): number {
  return Number.isInteger(value) ? value : Math.round(value * 1000) / 1000;
}
