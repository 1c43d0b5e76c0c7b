import type { Statement } from '@selfsame/identity';
import { traffic } from '@selfsame/store/traffic';

/** What the child process tells in one life: the n-th statement of a life is the same whenever it is told. */
export const toldIn = (life: number, count: number): readonly Statement[] =>
  traffic(1000 + life, count).map((statement, n) => ({ ...statement, insertId: `L${life}-${n}.` }));
