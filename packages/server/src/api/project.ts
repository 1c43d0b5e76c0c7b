/** `GET /v1/projects` */
export interface ProjectsAnswer {
  readonly projects: readonly { readonly id: string; readonly name: string }[];
}

/** `GET /v1/project`: what a first-run page needs. */
export interface ProjectView {
  readonly id: string;
  readonly name: string;
  /** IANA name: whose days every question is cut into. */
  readonly timeZone: string;
  /** ISO 4217 code of what it earns; null: amounts are plain numbers. */
  readonly currency: string | null;
  readonly publicKey: string;
  /** Public keys of the wires that have one of their own. */
  readonly keys: Readonly<Record<string, string>>;
  readonly preset: string;
  readonly sharedDevice: string;
  readonly identityMode: string;
  readonly mixpanel: string;
  /** Base URL by which this request reached the server. */
  readonly url: string;
  /** The wires it answers on; null: all. */
  readonly speaks: readonly string[] | null;
  /** What to write into the settings so that it answers on the wires in use alone; null where it does, or nothing came. */
  readonly narrowing: string | null;
  readonly firstEvent: string | null;
  readonly shopUrl: string | null;
}

/** `GET /v1/conformance`: what the vendors' own clients did against the server when `npm run conformance` last ran. */
export interface ConformanceAnswer {
  readonly generatedBy: string;
  /** The day of the run. */
  readonly at: string;
  readonly node: string;
  readonly browser: string;
  readonly results: readonly {
    /** `all`: a behaviour of all wires together. */
    readonly wire: string;
    /** The packages of the vendor, with their versions. */
    readonly client: string;
    readonly behaviour: string;
    readonly result: 'passed' | 'failed' | 'skipped';
  }[];
}
