/** How often to look, ms. */
const INTERVAL = 500;

/**
 * Under `npx` and npm scripts a shell stands between npm and us. SIGTERM reaches npm and the shell, ends both, and is
 * not passed on; so we see by our parent's change that it came, and take it as sent to us.
 */
export function leaveWithNpm() {
  if (process.env.npm_command === undefined) return;
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGTERM');
  }, INTERVAL);
  timer.unref();
}
