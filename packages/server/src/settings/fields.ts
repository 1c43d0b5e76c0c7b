import * as v from 'valibot';

/**
 * An object that knows all its keys. `objectWithRest` reports every unknown key where `strictObject` stops at the
 * first, and one run should name all problems (S42); to the compiler it is the strict one.
 */
export const exact = <const T extends v.ObjectEntries>(entries: T) =>
  v.objectWithRest(
    entries,
    v.never(`is no setting; known here: ${Object.keys(entries).join(', ') || 'none'}`),
  ) as unknown as v.StrictObjectSchema<T, undefined>;

/** A whole number from 0. */
export const whole = v.pipe(v.number(), v.integer('is no whole number'), v.minValue(0, 'is below 0'));

export const text = v.pipe(v.string(), v.nonEmpty('is empty; give it a value'));

/** Where something is sent or leads to: http or https, without white space or control characters (S30). */
export const webAddress = v.pipe(
  v.string(),
  v.check(
    (one) => !/[^\x21-\x7e]/.test(one) && /^https?:$/.test(URL.parse(one)?.protocol ?? ''),
    'is no web address; begin it with https://',
  ),
);

/** The name of an output, a connection …, which stands in addresses. */
export const settingsId = (what: string) =>
  v.pipe(v.string(), v.regex(/^(?!\.+$)[\w.-]{1,64}$/, `is no ${what} id; use letters, digits and _ . -`));
