import type { CsvMapping } from './csv-mapping.ts';
import type { Fields, Route } from './outgoing.ts';

/** What an item is read with beside itself. */
export interface Reading {
  /** Its place in the file it first stood in: it goes into the insert ids we make. */
  readonly number: number;
  /** The project's public key, which a profile update of Mixpanel's has to name. */
  readonly token: string;
  /** IANA name of the zone that Mixpanel's times before 2023 were kept in. */
  readonly zone?: string | undefined;
  readonly mapping?: CsvMapping | undefined;
  /** Ids that the file says elsewhere are a device's. */
  readonly anonymous?: ReadonlySet<string> | undefined;
}

/** An item on its way, without its place. */
export interface Made {
  readonly route: Route;
  readonly body: Fields;
}

/** A way in which files of items are written. */
export interface Format {
  readonly name: string;
  /** Does this look like one of its items? */
  recognises(value: Fields): boolean;
  /** Which ids this item says were made by a device, and which are somebody's; absent: an event tells by itself. */
  saysWhoseIds?(value: Fields): readonly { readonly id: string; readonly isAnonymous: boolean }[];
  /** What one item says. @throws Unreadable */
  read(value: Fields, reading: Reading): readonly Made[];
}
