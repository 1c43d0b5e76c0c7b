import type { RunningServer } from './start.ts';

/** Prints what to open. The sign-in link is shown here and nowhere else; the log never holds it. */
export function announce({ url, loginUrl, context }: RunningServer, fingerprint: string | undefined): void {
  const lines = [
    `Selfsame answers at ${url}`,
    `  console   ${loginUrl}`,
    ...(context.shopPath === null ? [] : [`  demo shop ${url}${context.shopPath}`]),
    ...context.projects.all.map(({ id, publicKey }) => `  project   ${id}, public key ${publicKey}`),
    ...(fingerprint === undefined ? [] : [`  certificate SHA-256 ${fingerprint}`]),
  ];
  console.log(lines.join('\n'));
}
