import path from 'node:path';

/** Whether a path lies below a folder; both are absolute. `rules`: those of the system, of paths alone. */
export function isInside(
  folder: string,
  place: string,
  { relative, isAbsolute, sep }: Pick<path.PlatformPath, 'relative' | 'isAbsolute' | 'sep'> = path,
): boolean {
  const way = relative(folder, place);
  // From one drive to another there is no way, and the answer is the whole path.
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
