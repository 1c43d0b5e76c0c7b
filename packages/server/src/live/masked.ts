import type { LiveItem } from '../api.ts';

/** How much is shown, characters. */
const MOST = 500;

/**
 * What was sent, so that a trailing comma or a wrong format is seen and nobody's name is: of its letters and digits only
 * member names are left (S40).
 */
export function masked({ path, body }: NonNullable<LiveItem['sent']>): NonNullable<LiveItem['sent']> {
  const shown = body.length > MOST ? `${body.slice(0, MOST)} …` : body;
  return { path: path.replace(/[^/]{20,}/g, '…'), body: shown.replace(named, (_, name) => name ?? 'x') };
}

/** A member's name, or any other letter or digit. */
const named = /("[A-Za-z_$]{1,40}"\s*:)|[\p{L}\p{N}]/gu;
