import type { Json } from '@selfsame/identity';

/** `GET /v1/people/search?q=` */
export interface SearchAnswer {
  readonly people: readonly {
    readonly id: string;
    readonly known: boolean;
    /** The best name we have: a name or e-mail trait, an identifier, else what is known: `Chrome on Linux`. */
    readonly name: string;
    /** Ten of them at most. */
    readonly identifiers: readonly { readonly kind: string; readonly value: string }[];
    readonly identifierCount: number;
    readonly lastSeen: string | null;
  }[];
}

/** `POST /v1/insights/{question}/people`: who stands behind a figure, the latest first. */
export interface PeopleBehindAnswer {
  readonly people: readonly (SearchAnswer['people'][number] & {
    /** When they did what put them into the figure. */
    readonly at: string;
  })[];
}

/** `POST /v1/people/query`: a page of the people who match; `total` on all pages. */
export interface PeopleListAnswer {
  readonly total: number;
  readonly people: readonly (SearchAnswer['people'][number] & {
    /** Visible ones. */
    readonly events: number;
    /** When they did something first and last; null: never. */
    readonly firstActive: string | null;
    readonly lastActive: string | null;
    readonly segments: readonly string[];
    /** Those the question asked to see. */
    readonly traits: Readonly<Record<string, Json>>;
  })[];
}

/** `GET /v1/people/names`: what people can be chosen by, each with how many have it. */
export interface PeopleNamesAnswer {
  readonly traits: readonly { readonly name: string; readonly count: number }[];
  readonly segments: readonly { readonly name: string; readonly count: number }[];
  readonly kinds: readonly { readonly name: string; readonly count: number }[];
}
