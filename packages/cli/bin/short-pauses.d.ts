/** What V8 is started with. */
export const flags: readonly string[];

/** Becomes the same program under V8's and the allocator's settings for a server. Where the system cannot, goes on as it is. */
export function shortenPauses(): void;
