/** A browser as Debian builds it, with one profile: what every browser here can be asked, whoever drives it. */
export interface OtherBrowser {
  newTab(): Promise<Tab>;
  close(): Promise<void>;
}

export interface LaunchOptions {
  /** `none`: the browser keeps none, and forbids all storage with them. */
  readonly cookies?: 'none';
}

/** One tab of it. */
export interface Tab {
  goto(url: string): Promise<void>;
  /** One step back in the tab's history; does not wait for the page. */
  back(): Promise<void>;
  /** The value of an expression, awaited. @throws Error with what it threw in the page. */
  evaluate<T>(expression: string): Promise<T>;
  /** Cuts the tab off from the network, or joins it again. */
  setOnline(isOnline: boolean): Promise<void>;
  close(): Promise<void>;
}
