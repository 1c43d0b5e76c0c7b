/** Node versions with V8's fix against hash flooding of March 2026 (S21), by major version. */
const floors: Readonly<Record<number, readonly [minor: number, patch: number]>> = { 22: [22, 2], 24: [14, 1] };

/** Why this Node cannot run the server, as a sentence; undefined if it can. `version` like `24.21.0`. */
export function runtimeProblem(version: string): string | undefined {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  const floor = floors[major];
  const fine = floor === undefined ? major > 24 : minor > floor[0] || (minor === floor[0] && patch >= floor[1]);
  return fine
    ? undefined
    : `Node ${version} cannot run Selfsame safely: use 24.14.1 or later (22.22.2 or later of Node 22). In a clone, npm scripts and "npx selfsame" bring their own.`;
}
