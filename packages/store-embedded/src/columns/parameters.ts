import { BIGINT, DOUBLE, type DuckDBType, type DuckDBValue, LIST, listValue, VARCHAR } from '@duckdb/node-api';

/**
 * The values of one statement. Whatever came from outside goes in here and its place holder into the text, so that no
 * value is ever read as SQL (S38).
 */
export class Parameters {
  readonly values: Record<string, DuckDBValue> = {};
  readonly types: Record<string, DuckDBType> = {};
  #count = 0;

  /** A text. Lone surrogates become U+FFFD, as in the tables: DuckDB holds UTF-8. */
  text(value: string): string {
    return this.#add(value.toWellFormed(), VARCHAR);
  }

  /** A time, a position or another whole number. */
  integer(value: number | bigint): string {
    return this.#add(typeof value === 'bigint' ? value : wholeNumber(value), BIGINT);
  }

  number(value: number): string {
    return this.#add(value, DOUBLE);
  }

  integers(values: readonly (number | bigint)[]): string {
    return this.#add(
      listValue(values.map((value) => (typeof value === 'bigint' ? value : wholeNumber(value)))),
      LIST(BIGINT),
    );
  }

  #add(value: DuckDBValue, type: DuckDBType): string {
    const name = `p${this.#count++}`;
    this.values[name] = value;
    this.types[name] = type;
    return `$${name}`;
  }
}

/** A number as a BIGINT: fractions of a millisecond are cut, what is out of range or no number stays inside it. */
export const wholeNumber = (value: number): bigint =>
  Number.isNaN(value) ? 0n : BigInt(Math.trunc(Math.min(9e15, Math.max(-9e15, value))));
