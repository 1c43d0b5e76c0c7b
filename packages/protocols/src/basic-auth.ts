/**
 * The credentials of an `Authorization: Basic` header; undefined without the header, two empty texts when it holds none,
 * so that a broken proof is refused and not taken for no proof (S9).
 */
export function basicAuth(header: string | undefined): { readonly user: string; readonly secret: string } | undefined {
  if (header === undefined) return undefined;
  const credentials = /^Basic:? +([\w+/-]{1,2000}={0,2}) *$/i.exec(header)?.[1];
  const none = { user: '', secret: '' };
  if (credentials === undefined) return none;
  let text: string;
  try {
    text = atob(credentials);
  } catch {
    return none;
  }
  const colon = text.indexOf(':');
  return colon < 0 ? { user: text, secret: '' } : { user: text.slice(0, colon), secret: text.slice(colon + 1) };
}
