/** What else a text must be, and what is said of one that is not: a sentence that goes on after what was seen. */
export interface Fits {
  readonly test: (text: string) => boolean;
  readonly says: string;
}

/**
 * One setting of a wire, described. The server checks it and says what is wrong in its own voice, so a wire needs no
 * library for that; what is checked is what `Access.settings` holds.
 */
export type Setting =
  | { readonly is: 'yes-or-no' }
  /** From 0. */
  | { readonly is: 'whole number'; readonly orNull?: true; readonly least?: { readonly value: number; says: string } }
  | { readonly is: 'text'; readonly fits?: Fits }
  /** A text the wire reads as another, such as a vendor's word for one of ours; undefined: it cannot. */
  | { readonly is: 'word'; readonly read: (text: string) => string | undefined; readonly says: string }
  /** `https://…` or `http://…` */
  | { readonly is: 'web address'; readonly fits?: Fits }
  /** `https://shop.example.com` */
  | { readonly is: 'origin' }
  /** `192.0.2.7`, or a network: `192.0.2.0/24`. */
  | { readonly is: 'network' }
  | { readonly is: 'one of'; readonly of: readonly string[] }
  | { readonly is: 'list'; readonly of: Setting }
  | { readonly is: 'map'; readonly keys: Setting; readonly values: Setting };

/** The settings of a wire by name. All are optional: what is left open is the wire's to fill in. */
export type WireSettings = Readonly<Record<string, Setting>>;
