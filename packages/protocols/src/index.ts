export { mixpanel } from './mixpanel/index.ts';
export { native } from './native/index.ts';
export type * from './protocol.ts';
