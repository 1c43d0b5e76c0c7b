import type { Instant } from '@selfsame/identity';

/** ISO 8601; null for the open end of a stretch. */
export const iso = (time: Instant): string | null => (Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : null);
