import type { Json } from '@selfsame/identity';

/** `GET /v1/people?kind=&value=[&at=][&asOf=]`, `GET /v1/people/{id}` */
export interface PersonView {
  readonly id: string;
  readonly known: boolean;
  /** One entry per identifier and stretch, a thousand at most; `GET /v1/people/{id}/identifiers` has the others. */
  readonly identifiers: readonly IdentifierView[];
  /** How many entries there are. */
  readonly identifierCount: number;
  /** A thousand at most, of about 256 KB; `GET /v1/people/{id}/traits` has the others. */
  readonly traits: Readonly<Record<string, Json>>;
  /** How many traits there are. */
  readonly traitCount: number;
  /** Who said the value each trait has now. */
  readonly traitSources: Readonly<
    Record<string, { readonly wire: string; readonly trust: 0 | 1 | 2 | 3; readonly time: string | null }>
  >;
  /** A thousand at most, of about 256 KB; `GET /v1/people/{id}/segments` has the others. */
  readonly segments: readonly string[];
  readonly segmentCount: number;
  /** What was said of consent for each purpose (mParticle: `gdpr.analytics`); absent when nothing was. */
  readonly purposes?: Readonly<Record<string, Json>>;
  /** `purposes` in words, by name. */
  readonly consentByPurpose?: readonly PurposeView[];
  readonly consent: 'not-asked' | 'granted' | 'denied';
  readonly firstSeen: string | null;
  readonly lastSeen: string | null;
  /** A thousand at most; all of them lead here. `GET /v1/people/{id}/former-ids` has the others. */
  readonly formerIds: readonly string[];
  readonly formerIdCount: number;
  /** The profiles of the directory (mParticle) this person has; absent when there is none. */
  readonly profiles?: readonly ProfileView[];
}

/** An identifier of a person during a stretch; `to` null: it holds now; `from` null: since ever. */
export interface IdentifierView {
  readonly kind: string;
  readonly value: string;
  readonly from: string | null;
  readonly to: string | null;
  /** The claim behind the link; null for the identifier the person is named after. */
  readonly claim: string | null;
  /** The rule of SPEC.md that made the link. */
  readonly rule?: string;
}

/** `GET /v1/people/{id}/identifiers?limit=&offset=`, in the order of the person's own list */
export interface IdentifiersAnswer {
  readonly identifiers: readonly IdentifierView[];
  /** The `offset` of the next page; null at the end. */
  readonly next: number | null;
}

/** `GET /v1/people/{id}/traits?limit=&offset=`, in the order in which they were first said */
export interface TraitsAnswer {
  readonly traits: readonly TraitView[];
  /** The `offset` of the next page; null at the end. A page may be shorter than its limit, of large values. */
  readonly next: number | null;
}

export interface TraitView {
  readonly name: string;
  readonly value: Json;
  readonly wire: string;
  readonly trust: 0 | 1 | 2 | 3;
  readonly time: string | null;
}

/** `GET /v1/people/{id}/segments?limit=&offset=` */
export interface SegmentsAnswer {
  readonly segments: readonly string[];
  readonly next: number | null;
}

/** `GET /v1/people/{id}/former-ids?limit=&offset=` */
export interface FormerIdsAnswer {
  readonly formerIds: readonly string[];
  readonly next: number | null;
}

/** `GET /v1/people/{id}/shared`: who else had this person's devices, and when; the latest first. */
export interface SharedAnswer {
  readonly devices: readonly {
    readonly kind: string;
    readonly value: string;
    /** Stretches of others, twenty at most. */
    readonly others: readonly {
      readonly from: string | null;
      readonly to: string | null;
      readonly person: { readonly id: string; readonly name: string; readonly known: boolean };
    }[];
    readonly otherCount: number;
  }[];
}

/** `GET /v1/people/{id}/graph[?asOf=]`: what makes somebody one person, or made of their identifiers then; 500 identifiers at most. */
export interface PersonGraphAnswer {
  readonly id: string;
  /** The identifier the person is named after. */
  readonly founder: { readonly kind: string; readonly value: string };
  readonly nodes: readonly {
    readonly kind: string;
    readonly value: string;
    readonly role: 'profile' | 'login' | 'contact' | 'anonymous' | 'handle' | 'group';
    readonly firstSeen: string | null;
    /** Whose it was: as of the past some of today’s were still somebody else’s. */
    readonly person: string;
  }[];
  readonly nodeCount: number;
  /** Oldest first. */
  readonly links: readonly {
    readonly claim: string;
    readonly rule: string;
    /** Of the entry of the log that said it. */
    readonly position: number;
    readonly time: string;
    readonly source: string;
    readonly trust: 0 | 1 | 2 | 3;
    readonly from: { readonly kind: string; readonly value: string };
    readonly to: { readonly kind: string; readonly value: string };
  }[];
}

/** What was said of one purpose of consent. */
export interface PurposeView {
  readonly purpose: string;
  /** An opt-out, such as `ccpa.data_sale_opt_out`, has words of its own: who consents to it refuses. */
  readonly said: 'granted' | 'refused' | 'opted-out' | 'not-opted-out' | 'unclear';
  readonly since: string | null;
  /** What the person was shown and where they said it; null when the client did not tell. */
  readonly source: string | null;
}

/** A profile of the directory: what it is looked up by, and the aliases it was part of. */
export interface ProfileView {
  readonly mpid: string;
  readonly record: readonly { readonly kind: string; readonly value: string; readonly since: string | null }[];
  readonly aliases: readonly {
    /** `source`: its events show under the other · `destination`: the other's show here. */
    readonly part: 'source' | 'destination';
    readonly mpid: string;
    readonly from: string | null;
    readonly to: string | null;
    readonly shownFrom: string | null;
  }[];
}
