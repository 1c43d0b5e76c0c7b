import type { Access, Item } from '../protocol.ts';
import { refusedItem } from '../refused-item.ts';

/** One record of a request: the item it became, and, where the sender is told that it is unusable, what is wrong. */
export interface Understood {
  readonly item: Item;
  readonly fault?: Fault;
}

/** What is wrong with a record, in the vendor's words; never quotes what was sent (S40). */
export interface Fault {
  readonly message: string;
  /** The property that is wrong, for `/import`. */
  readonly field?: string;
  /** The record's insert id, for `/import`. */
  readonly insertId?: string;
  /** An identity event where the project has none: `/import` reports it as bare text. */
  readonly bare?: true;
}

/** A record that the sender is told is unusable. */
export const faulty = (fault: Fault, access?: Access): Understood => ({
  item: refusedItem(access, fault.message),
  fault,
});

/** A record that is not taken although the sender hears of success, as with the vendor. */
export const dropped = (reason: string, access?: Access): Understood => ({ item: refusedItem(access, reason) });
