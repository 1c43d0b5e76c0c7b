import type { Rule } from '../../api/shapes.ts';

/** What a value is, where text alone does not say it. */
export type ValueKind = 'text' | 'number' | 'yes' | 'no' | 'null';

/** A rule while it is written: every field as its input has it. */
export interface RuleDraft {
  /** Stays with it wherever it is moved. */
  readonly key: number;
  readonly does: Rule['do'];
  /** Empty: every event. */
  readonly event: string;
  /** Empty: every wire. */
  readonly wire: string;
  readonly where: readonly ConditionDraft[];
  readonly to: string;
  readonly property: string;
  readonly value: string;
  readonly as: ValueKind;
  readonly percent: string;
}

/** A property that must have a value. */
export interface ConditionDraft {
  readonly property: string;
  readonly value: string;
  readonly as: ValueKind;
}

let serial = 0;

/** A rule that drops everything, until it is told more. */
export const newRule = (): RuleDraft => ({
  key: ++serial,
  does: 'drop',
  event: '',
  wire: '',
  where: [],
  to: '',
  property: '',
  value: '',
  as: 'text',
  percent: '10',
});

/** A rule as the form shows it. */
export function draftOf(rule: Rule): RuleDraft {
  const { event = '', wire = '', properties = {} } = rule.when ?? {};
  return {
    ...newRule(),
    does: rule.do,
    event,
    wire,
    where: Object.entries(properties).map(([property, value]) => ({ property, ...written(value) })),
    ...(rule.do === 'rename' ? { to: rule.to } : {}),
    ...(rule.do === 'set' ? { property: rule.property, ...written(rule.value) } : {}),
    ...(rule.do === 'remove' ? { property: rule.property } : {}),
    ...(rule.do === 'sample' ? { percent: String(rule.percent) } : {}),
  };
}

/** The rule that a draft says. */
export function ruleOf({ does, event, wire, where, to, property, value, as, percent }: RuleDraft): Rule {
  const when = {
    ...(event === '' ? {} : { event }),
    ...(wire === '' ? {} : { wire }),
    ...(where.length === 0 ? {} : { properties: Object.fromEntries(where.map((one) => [one.property, read(one)])) }),
  };
  const given = Object.keys(when).length === 0 ? {} : { when };
  if (does === 'rename') return { ...given, do: does, to };
  if (does === 'set') return { ...given, do: does, property, value: read({ value, as }) };
  if (does === 'remove') return { ...given, do: does, property };
  if (does === 'sample') return { ...given, do: does, percent: Number(percent) };
  return { ...given, do: does };
}

function written(value: unknown): { readonly value: string; readonly as: ValueKind } {
  if (value === true) return { value: '', as: 'yes' };
  if (value === false) return { value: '', as: 'no' };
  if (value === null) return { value: '', as: 'null' };
  return { value: String(value), as: typeof value === 'number' ? 'number' : 'text' };
}

function read({ value, as }: Omit<ConditionDraft, 'property'>): string | number | boolean | null {
  if (as === 'yes' || as === 'no') return as === 'yes';
  if (as === 'null') return null;
  return as === 'number' ? Number(value) : value;
}
