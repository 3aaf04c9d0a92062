import type { Sources } from '../../server/src/language/source.ts';
/** The shipped catalogue by URI. */
export declare const CATALOG: ReadonlyMap<string, string>;
/** The shipped catalogue with texts beside it. */
export declare function catalogSources(files?: ReadonlyMap<string, string>): Sources;
