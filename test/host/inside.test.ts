import { posix, win32 } from 'node:path';
import { expect, test } from 'vitest';
import { isInside } from '../../server/src/host/inside.ts';

test.each([
  [win32, 'C:\\work', 'C:\\work\\a\\plan.moeplan', true],
  [win32, 'C:\\work', 'C:\\Work\\..plan.moeplan', true],
  [win32, 'C:\\work', 'C:\\other\\plan.moeplan', false],
  [win32, 'C:\\work', 'D:\\plan.moeplan', false],
  [win32, 'C:\\work', '\\\\server\\share\\plan.moeplan', false],
  [posix, '/work', '/work/..plan.moeplan', true],
  [posix, '/work', '/worker/plan.moeplan', false],
  [posix, '/work', '/', false],
  [posix, '/work', '/work', false],
])('%#: %3$s', (rules, folder, place, expected) => {
  expect(isInside(folder, place, rules)).toBe(expected);
});
