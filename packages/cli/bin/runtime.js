/** What we run on, in words. */
export const wanted = '22.22.2, 24.14.1 or later';

/**
 * Whether a Node version (`24.21.0`) runs our sources and has the fix of March 2026 against hash flooding (S21).
 * @param {string} version
 */
export function isRecentEnough(version) {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const atLeast = (m, p) => minor > m || (minor === m && patch >= p);
  if (major === 22) return atLeast(22, 2);
  if (major === 24) return atLeast(14, 1);
  return major > 24;
}
