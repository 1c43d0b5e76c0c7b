export { type Circumstances, type Client, createClient, type Options } from './client.ts';
export * from './edge.ts';
export { expressVisitor, fastifyVisitor, visitorFor } from './frameworks.ts';
export type { Result, TraitOp } from './wire.ts';
