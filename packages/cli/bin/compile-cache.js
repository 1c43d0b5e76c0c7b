import * as module from 'node:module';
import { fileURLToPath } from 'node:url';

/** With what is installed and as safe: of the system's temporary directory anybody could have made it before us. */
const directory = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));

/** Time for whatever a start loads, ms. */
const LOADED = 10_000;

/**
 * Keeps the compiled code of this program and of those it starts beside it: a third of what a start takes is compiling.
 * Where it cannot be kept, or the runtime is too old to, it is compiled each time (docs/decisions/0037).
 */
export function keepCompiledCode() {
  process.env.NODE_COMPILE_CACHE ??= directory;
  module.enableCompileCache?.(process.env.NODE_COMPILE_CACHE);
  // It is written at the end, too, but a server may be killed.
  setTimeout(() => module.flushCompileCache?.(), LOADED).unref();
}
