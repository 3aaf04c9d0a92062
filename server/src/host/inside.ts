import path from 'node:path';

/** Whether a path lies below a folder. Both are absolute. The last parameter has the system's rules for paths. */
export function isInside(
  folder: string,
  place: string,
  { relative, isAbsolute, sep }: Pick<path.PlatformPath, 'relative' | 'isAbsolute' | 'sep'> = path,
): boolean {
  const relativePath = relative(folder, place);
  // There is no relative path from one drive to another, so the answer is the whole path.
  return (
    relativePath !== '' && relativePath !== '..' && !relativePath.startsWith(`..${sep}`) && !isAbsolute(relativePath)
  );
}
