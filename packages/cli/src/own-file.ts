/** A file for whoever asked for it alone: it holds people. */
export const OWN_FILE = { mode: 0o600 } as const;
