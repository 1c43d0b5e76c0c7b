export { parseIsoTime } from './iso-time.ts';
export { mixpanel } from './mixpanel/index.ts';
export { kindOf } from './mparticle/kinds.ts';
export { native } from './native/index.ts';
export type * from './protocol.ts';
export { xo } from './xo/index.ts';
