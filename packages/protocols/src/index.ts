export { native } from './native/index.ts';
export type * from './protocol.ts';
