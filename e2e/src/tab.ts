/** A browser that Playwright does not drive as Debian builds it. */
export interface OtherBrowser {
  /** A tab of the one profile there is. */
  newTab(): Promise<Tab>;
  close(): Promise<void>;
}

/** One tab of it. */
export interface Tab {
  goto(url: string): Promise<void>;
  /** The value of an expression, awaited. @throws Error with what it threw in the page. */
  evaluate<T>(expression: string): Promise<T>;
  close(): Promise<void>;
}
