/** Why a receiver gave no answer. */
export interface NoAnswer {
  /** For people: what happened, what to do, and the code to search for. Nothing of what was sent or received (S40). */
  readonly failure: string;
  /** The same in a word, to count by. */
  readonly code: string;
}

const CUT = 'it cut the connection before it answered: look into its log, or that of the proxy before it';
const NO_WAY = 'no way leads to its address: see whether it is on, and the routes and firewall in between';
const OTHER_NAME = 'its certificate is for another name: correct the host of the URL, or renew it there';
const UNKNOWN_ISSUER =
  'this server does not trust who issued its certificate: use one of a public authority, or name yours in NODE_EXTRA_CA_CERTS';
const NO_TLS =
  'it speaks no TLS at that port, or none that this server speaks: correct the port or use http://, or allow TLS 1.2 or 1.3 there';

/** What happened and what to do about it, by what the system or the TLS library calls it; the first that fits. */
const sentences: readonly (readonly [RegExp, string])[] = [
  [/^ECONNREFUSED$/, 'nothing listens at its address: start the receiver, or correct the host and port of the URL'],
  [/^(ECONNRESET|ECONNABORTED|EPIPE)$/, CUT],
  [/^ETIMEDOUT$/, 'no connection came about: see whether it runs and whether a firewall lets this server reach it'],
  [/^EHOST(UNREACH|DOWN)$/, NO_WAY],
  [/^ENET(UNREACH|DOWN)$/, 'this server has no way to its network: see whether this server is online, also over IPv6'],
  [/^EADDRNOTAVAIL$/, 'this server has no address or no port left to reach it from: see its network'],
  [/^(EACCES|EPERM)$/, 'this server may not connect to it: see its firewall'],
  [/^E[MN]FILE$/, 'this server has too many files and connections open: raise its limit (LimitNOFILE)'],
  [/^(ENOTFOUND|ENODATA)$/, 'the name in its URL leads nowhere: correct it, or its entry in the DNS'],
  [/^EAI_/, 'the name in its URL could not be looked up just now: see whether this server reaches its DNS'],
  [/^CERT_HAS_EXPIRED$/, 'its certificate has expired: renew it there'],
  [/^CERT_NOT_YET_VALID$/, 'its certificate is not valid yet: see the clock of this server, or renew it there'],
  [/^CERT_REVOKED$/, 'its certificate was revoked: renew it there'],
  [/^(ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/, OTHER_NAME],
  [/^UNABLE_TO_VERIFY_LEAF/, 'it does not send the certificates between its own and the root: add them there'],
  [/^(DEPTH_ZERO_)?SELF_SIGNED_CERT|^UNABLE_TO_GET_ISSUER|^CERT_UNTRUSTED$|^INVALID_CA$/, UNKNOWN_ISSUER],
  [/CERT|^UNABLE_TO_|^CRL_/, 'its certificate cannot be checked: see what is wrong with it there'],
  [/^ERR_(SSL|TLS)_|^EPROTO$/, NO_TLS],
  [/^HPE_/, 'what it answered is not HTTP: correct the port of the URL, or see what answers there'],
];

const UNKNOWN = 'the connection failed: see whether the receiver runs';

/** What to make of an error of a connection. */
export function noAnswerOf(error: unknown): NoAnswer {
  const { code } = error as NodeJS.ErrnoException;
  if (typeof code !== 'string' || !/^[A-Z][A-Z0-9_]{1,60}$/.test(code)) return { failure: UNKNOWN, code: 'failed' };
  const sentence = sentences.find(([codes]) => codes.test(code))?.[1] ?? UNKNOWN;
  return { failure: `${sentence} (${code})`, code };
}

/** It had its time. */
export const tooLate = (timeoutMs: number): NoAnswer => ({
  failure: `it did not answer within ${timeoutMs / 1_000} s: see what keeps it, or let it answer before it works`,
  code: 'timed out',
});

/** We ended it ourselves. */
export const stopped: NoAnswer = { failure: 'stopped', code: 'stopped' };

/** Nothing is to be sent to what its URL says. */
export const noAddress = (failure: string): NoAnswer => ({ failure, code: 'address' });
