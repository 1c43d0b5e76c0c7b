/** What runs anywhere: Web Crypto and `fetch`'s own types, nothing of Node. */
export { type SignOptions, signIdentity, signTraits, type Verified, verify } from './signature.ts';
export { type CookieOptions, type Visitor, visitorOf, withVisitor } from './visitor-cookie.ts';
export { type HeaderBag, verifyWebhook } from './webhook.ts';
export type { Ids, Properties } from './wire.ts';
