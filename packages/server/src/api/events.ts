import type { Json } from '@selfsame/identity';

export interface EventView {
  readonly name: string;
  readonly time: string;
  readonly insertId: string | null;
  readonly anchor: { readonly kind: string; readonly value: string } | null;
  /** What it was done on ([A4]); null when it says nothing of a device. */
  readonly device: { readonly kind: string; readonly value: string } | null;
  readonly wire: string;
  readonly properties: Readonly<Record<string, Json>>;
  /** Whose it is and why; null where it names nobody. */
  readonly because: Because | null;
}

/** Why a moment of an identifier is whose it is, in words of time ([X1]). */
export interface Because {
  readonly rule: string;
  /** The nearest word it rests on. */
  readonly claim: string | null;
  /** `theirs, because they logged in four minutes later` */
  readonly says: string;
}

/** `GET /v1/people/{id}/events?limit=&before=[&asOf=]`, newest first */
export interface EventsAnswer {
  readonly events: readonly EventView[];
  readonly next: string | null;
}

/** An event, and the person whose it is; null where it names nobody. */
export type OwnedEvent = EventView & { readonly personId: string | null };

/** `GET /v1/events?insertId=` */
export interface EventsByInsertIdAnswer {
  readonly events: readonly OwnedEvent[];
}

/** `GET /v1/events/names`, `GET /v1/events/properties?event=`: for pickers. */
export interface NamesAnswer {
  readonly names: readonly { readonly name: string; readonly count?: number }[];
}
