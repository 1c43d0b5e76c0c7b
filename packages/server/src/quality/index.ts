/** How well a policy finds the humans behind events, where somebody knows them: for a simulation, and for `selfsame score`. */

export { type Accounts, accountsOf } from './accounts.ts';
export { Joined } from './joined.ts';
export { type Arrived, compare, isLogin, nameOf, type Truth, truthOf } from './judged.ts';
export { knowableGroups } from './knowable.ts';
export { measure, type Quality } from './measure.ts';
export type { Given, Seen } from './seen.ts';
export { Unnamed } from './unnamed.ts';
