/**
 * The command that fills the server at `url` with the simulated shop, to be copied. It names what `selfsame simulate`
 * would not look for by itself: another address, another data directory, which holds the key.
 */
export function simulateHere(
  { url, data }: { readonly url: string; readonly data: string },
  usualData: string,
): string {
  const parts = ['npx selfsame simulate'];
  if (url !== 'http://127.0.0.1:4400') parts.push(`--url ${url}`);
  if (data !== usualData) parts.push(`--data ${/^[\w./-]+$/.test(data) ? data : `'${data.replaceAll("'", "'\\''")}'`}`);
  return parts.join(' ');
}
