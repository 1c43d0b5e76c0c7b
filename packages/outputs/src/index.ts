/** What we know, told to other systems. Start with SPEC.md, then output.ts and flow.ts. */
export type * from './books.ts';
export { createMemoryBooks } from './memory-books.ts';
export * from './message.ts';
export { mixpanel } from './mixpanel/index.ts';
export * from './output.ts';
export { applyRules, type Kept, type Rule, type When } from './rules.ts';
export { Runner, type RunnerParts, type RunnerView, type Told } from './runner.ts';
export { segment } from './segment/index.ts';
export { Source } from './source.ts';
export { webhook } from './webhook/index.ts';
