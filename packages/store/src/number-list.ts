/** Numbers to a page. */
const PAGE = 1 << 14;

/** A long list of numbers that grows a page at a time and is never copied. */
export class NumberList {
  readonly #pages: (Uint32Array | Float64Array)[] = [];
  readonly #Page: Uint32ArrayConstructor | Float64ArrayConstructor;
  #length = 0;

  /** `Page`: of whole numbers below 2 ** 32, or of any. */
  constructor(Page: Uint32ArrayConstructor | Float64ArrayConstructor) {
    this.#Page = Page;
  }

  get length(): number {
    return this.#length;
  }

  /** Memory of all of it. */
  get bytes(): number {
    return this.#length * this.#Page.BYTES_PER_ELEMENT;
  }

  at(index: number): number {
    return (this.#pages[Math.floor(index / PAGE)] as Uint32Array)[index % PAGE] as number;
  }

  set(index: number, value: number): void {
    (this.#pages[Math.floor(index / PAGE)] as Uint32Array)[index % PAGE] = value;
  }

  push(value: number): void {
    if (this.#length === PAGE * this.#pages.length) this.#pages.push(new this.#Page(PAGE));
    this.set(this.#length, value);
    this.#length += 1;
  }
}
