#!/usr/bin/env node
// Plain JavaScript, so that an old Node can still read it: it hands over to the runtime this repository pins.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { arch, platform } from 'node:process';
import { fileURLToPath } from 'node:url';
import { keepCompiledCode } from './compile-cache.js';
import { leaveWithNpm } from './leave-with-npm.js';
import { isRecentEnough, wanted } from './runtime.js';
import { shortenPauses } from './short-pauses.js';

leaveWithNpm();

if (isRecentEnough(process.versions.node)) {
  if (process.argv[2] === 'serve') shortenPauses();
  keepCompiledCode();
  const { main } = await import('../src/main.ts');
  process.exitCode = await main(process.argv.slice(2));
} else {
  const node = pinnedNode();
  if (node === undefined) {
    process.stderr.write(
      `selfsame needs Node ${wanted}; this is ${process.version}. Run npm install, which brings one\n`,
    );
    process.exitCode = 1;
  } else handOver(node);
}

/** The runtime comes as a package a platform (docs/decisions/0002), which npm links where it links every program. */
function pinnedNode() {
  const folder = platform === 'win32' ? `node-win-${arch}` : `node-${platform}-${arch}`;
  try {
    const home = dirname(createRequire(import.meta.url).resolve(`${folder}/package.json`));
    return join(home, 'bin', platform === 'win32' ? 'node.exe' : 'node');
  } catch {
    return undefined;
  }
}

/** Runs this very file under another runtime, and is as transparent as a process between two others can be. */
function handOver(node) {
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`selfsame: ${node} does not run (${error.message}). Run: npm install\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === 'SIGINT' ? 130 : 143);
  });
}
