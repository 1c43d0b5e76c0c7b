/** A value that JSON can carry. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;

/** An object that came from outside: its keys are data, so it is read with `Object.entries` or `Object.hasOwn`. */
export interface JsonObject {
  readonly [name: string]: Json;
}
