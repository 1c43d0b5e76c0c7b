/** The part of the policy that the room shows and changes. */
export interface Policy {
  readonly preset: string;
  readonly identityMode: string;
  readonly sharedDevice: string;
  readonly directory: {
    readonly strategy: string;
    readonly reuseAnonymousAtLogout: boolean;
  } & Readonly<Record<List, readonly string[]>>;
  /** Of another policy that is about to take its place: how far that is, 0…1. */
  readonly change?: { readonly state: 'running'; readonly progress: number };
}

export type List = 'priority' | 'loginIds' | 'uniqueIds' | 'immutableIds';

/** The lists of the directory: name, label, and what each is for. */
export const lists: readonly (readonly [List, string, string])[] = [
  ['priority', 'Priority', 'Only these kinds are looked up, in this order.'],
  ['loginIds', 'Login ids', 'A profile that holds one of these is a known customer.'],
  ['uniqueIds', 'Unique ids', 'Only one profile at a time holds such a value; a modify moves it.'],
  ['immutableIds', 'Immutable ids', 'Once set they never change. They must be login and unique ids too.'],
];

/** The fields of the form, as texts. */
export type Values = Readonly<Record<string, string>>;

/** The policy as the form holds it. */
export const valuesOf = (policy: Policy): Values => ({
  strategy: policy.directory.strategy,
  ...Object.fromEntries(lists.map(([name]) => [name, policy.directory[name].join(', ')])),
  reuseAnonymousAtLogout: policy.directory.reuseAnonymousAtLogout ? 'yes' : 'no',
  sharedDevice: policy.sharedDevice,
  identityMode: policy.identityMode,
});
