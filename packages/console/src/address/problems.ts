import { useSearch } from 'wouter';
import { readFilters, textsOf } from '../questions/filters.ts';

/** What each name of an address takes: says why a value is not of its kind, in words that follow "is". */
export type Checks = Readonly<Record<string, (value: string) => string | undefined>>;

/** A value in the address that was left out, and why. */
export interface Problem {
  readonly text: string;
  readonly why: string;
}

/** The values of an address that are not what they should be: a question must not be another one in silence. */
export function problemsIn(search: string, checks: Checks, filters: readonly string[] = []): readonly Problem[] {
  const query = new URLSearchParams(search);
  const problems: Problem[] = [];
  for (const [name, check] of Object.entries(checks))
    for (const value of query.getAll(name)) {
      const why = value === '' ? undefined : check(value);
      if (why !== undefined) problems.push({ text: `${name}=${value}`, why });
    }
  for (const name of filters) {
    const conditions = query.getAll(`${name}.if`);
    const read = readFilters(query.getAll(name), conditions);
    const kept = new Set(textsOf(read).conditions);
    const lost = conditions.length - read.reduce((sum, { where = [] }) => sum + where.length, 0);
    if (lost > 0)
      for (const text of conditions.filter((one) => !kept.has(one)).slice(0, lost))
        problems.push({ text: `${name}.if=${text}`, why: 'no condition' });
  }
  const [from, to] = [query.get('from'), query.get('to')];
  if (from && to && from > to && checks['from']?.(from) === undefined && checks['to']?.(to) === undefined)
    problems.push({ text: `from=${from}&to=${to}`, why: 'the wrong way round: nothing lies between them' });
  return problems;
}

export const useProblems = (checks: Checks, filters: readonly string[] = []): readonly Problem[] =>
  problemsIn(useSearch(), checks, filters);
