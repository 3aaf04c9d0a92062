import type { PlanValue } from '../engines/launch.ts';
import type { SettingName } from '../engines/rule.ts';
import { isName, quote } from '../language/lexer.ts';
import type { PropertySpec } from '../language/vocabulary/spec.ts';
import { blockSpec, propertySpec } from '../language/vocabulary/vocabulary.ts';

/** Blocks that settings name, and where each stands. */
const PARENTS: Readonly<Record<string, string>> = { parallel: 'pool', engine: 'pool', types: 'pool', workload: 'file' };

/** What the vocabulary says of a setting; undefined for one that it does not have. */
export function specOf(setting: SettingName): PropertySpec | undefined {
  const [block = '', property = ''] = splitSetting(setting);
  const spec = block === 'pool' ? blockSpec('deployment', 'pool') : blockSpec(PARENTS[block] ?? '', block);
  return spec && propertySpec(spec, property);
}

/** The place of a setting among those of its block, as the vocabulary lists them. */
export function orderOf(setting: SettingName): number {
  const [block = ''] = splitSetting(setting);
  const spec = block === 'pool' ? blockSpec('deployment', 'pool') : blockSpec(PARENTS[block] ?? '', block);
  return spec?.properties.findIndex(({ name }) => name === splitSetting(setting)[1]) ?? 0;
}

export function splitSetting(setting: SettingName): readonly [block: string, property: string] {
  const dot = setting.indexOf('.');
  return [setting.slice(0, dot), setting.slice(dot + 1)];
}

const GIB = 2 ** 30;

/** A value as a plan writes it, with the unit of its setting: `8192 tokens`. */
export function valueText(setting: SettingName, value: PlanValue): string {
  const type = specOf(setting)?.type;
  if (typeof value === 'number' && type?.kind === 'quantity') {
    if (type.dimension === 'tokens') return tokensText(value);
    if (type.dimension === 'bytes') return value % GIB === 0 ? `${value / GIB} GiB` : `${grouped(value)} bytes`;
  }
  if (typeof value === 'number') return grouped(value);
  return type?.kind === 'string' ? quote(value.toString()) : String(value);
}

export function tokensText(tokens: number): string {
  return `${grouped(tokens)} tokens`;
}

/** `10_000`, as examples write large numbers; `8192` stays as engines have it. */
export function grouped(value: number): string {
  if (!Number.isInteger(value) || Math.abs(value) < 10_000) return String(value);
  return String(value).replace(/\B(?=(?:\d{3})+$)/g, '_');
}

/** Indexes as a plan writes them: `0..7`, `[0..2, 4..6]`. Ascending and without repeats. */
export function indexesText(ranges: readonly (readonly [from: number, to: number])[]): string {
  const joined: [number, number][] = [];
  for (const [from, to] of ranges) {
    const last = joined.at(-1);
    if (last && last[1] === from - 1) last[1] = to;
    else joined.push([from, to]);
  }
  const texts = joined.map(([from, to]) => (from === to ? String(from) : `${from}..${to}`));
  return texts.length === 1 ? (texts[0] ?? '') : `[${texts.join(', ')}]`;
}

/** A name that the language takes, made of a title or the name of a file. */
export function nameOf(title: string, otherwise: string): string {
  const words = title.match(/[\p{L}\p{N}.]+/gu) ?? [];
  const name = words
    .join('-')
    .replace(/\.+(?=-|$)/g, '')
    .slice(0, 80)
    .replace(/[-.]+$/, '');
  const started = /^\p{L}/u.test(name) ? name : `${otherwise}-${name}`;
  return isName(started) ? started : otherwise;
}
