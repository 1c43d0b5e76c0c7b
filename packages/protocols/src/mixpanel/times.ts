const DAY = 24 * 3600 * 1000;

/** `/track` takes this much of the past, ms. */
export const TRACK_REACH = 5 * DAY;
/** `/import` takes everything from 1971-01-01, ms. */
export const IMPORT_SINCE = 365 * DAY;
/** `/import` takes this much of the future, ms; it is set to now. */
export const IMPORT_AHEAD = 3600 * 1000;
