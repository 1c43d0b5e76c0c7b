export { parseIsoTime } from './iso-time.ts';
export { parseJson } from './json-shape.ts';
export { mixpanel } from './mixpanel/index.ts';
export { kindOf, mparticle } from './mparticle/index.ts';
export { native } from './native/index.ts';
export type * from './protocol.ts';
export { segment } from './segment/index.ts';
export { spid } from './spid/index.ts';
export { xo } from './xo/index.ts';
