import type { Json } from '@selfsame/identity';
import * as v from 'valibot';

/**
 * What the shapes of this folder are made of. They are the types of `../` as values: the OpenAPI document is made from
 * them, the tests hold every answer to them, and the compiler holds them to the types.
 */
export type ShapeOf<T> = v.GenericSchema<unknown, T>;

export const array = <S extends v.GenericSchema>(one: S) => v.array(one);

export const time = v.pipe(v.string(), v.isoTimestamp());

export const json = v.any() as unknown as ShapeOf<Json>;

export const values = v.record(v.string(), json);

export const count = v.pipe(v.number(), v.integer(), v.minValue(0));

export const trust = v.picklist([0, 1, 2, 3]);

export const status = v.picklist(['applied', 'duplicate', 'rejected', 'quarantined', 'suppressed']);

export const id = v.object({ kind: v.string(), value: v.string() });
