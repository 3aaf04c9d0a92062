import { searchOnePool } from './onePool.ts';
import { PARTS, type PartResult, type Progress, type SearchPlace } from './run.ts';
import { pairOf, searchTwoPools } from './twoPools.ts';

/** Searches one part of a space, 0 to `PARTS` - 1. It pauses often, so that whoever runs it can stop. */
export function searchPart(place: SearchPlace, part: number): Generator<Progress, PartResult> {
  return pairOf(place.space.base) ? searchTwoPools(place, part) : searchOnePool(place, part);
}

/** The parts of one of several shards, which together are all of them. `shard` counts from 0. */
export function partsOfShard(shard: number, of: number): readonly number[] {
  return Array.from({ length: PARTS }, (_, part) => part).filter((part) => part % of === shard);
}
