/** Numbers of a release as written: `0.20.2rc1.dev249`, `v0.5.9.post1`. Empty for a word such as `main`. */
function releaseOf(version: string): readonly number[] {
  const numbers = /^\s*v?(\d+(?:\.\d+)*)/i.exec(version)?.[1];
  return numbers === undefined ? [] : numbers.split('.').map(Number);
}

/**
 * Whether a plan names a version before a release such as `0.26`. A plan without a version, or with one that is no number,
 * means the newest.
 */
export function isBefore(version: string | undefined, release: string): boolean {
  const own = version === undefined ? [] : releaseOf(version);
  if (own.length === 0) return false;
  const other = releaseOf(release);
  for (let place = 0; place < Math.max(own.length, other.length); place++) {
    const difference = (own[place] ?? 0) - (other[place] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}
