/** Raised when the tables below change: a file of another version is thrown away and fed again. */
export const VERSION = 7;

/**
 * Properties that bring a visitor: campaign tags and click ids. An event's are kept apart in `touches`, null when it has
 * none, because attribution reads one of them on every event: ten million whole texts take seconds to parse.
 */
export const touchProperties: ReadonlySet<string> = new Set([
  ...['utm_source', 'utm_medium', 'utm_campaign', 'utm_term', 'utm_content'],
  ...['gclid', 'gbraid', 'wbraid', 'dclid', 'fbclid', 'msclkid', 'ttclid', 'twclid', 'li_fat_id'],
]);

/**
 * `cursors` has one row a project: how far its rows reach. A node's number is one of its project, so every join names that.
 * `own` is a number for what the event was done on: its device, else its anchor; null when it names neither. A text of
 * its own is slow to count by, and a device need not be an identifier of the graph.
 * Times are ms; `properties`, `touches`, `traits` and `segments` are JSON. `ownership` has one row a stretch, `since` inclusive, `until` exclusive, open ends as the ends of
 * BIGINT. `owner` has one row a node: `person` when it had that person all along, as nearly every node has, and null
 * when its time is split, so that nearly every event finds its person by a plain equality join on small integers.
 */
export const tables = `
  CREATE TABLE meta (version INTEGER);
  CREATE TABLE cursors (project VARCHAR, epoch VARCHAR, position BIGINT, change BIGINT);
  CREATE TABLE events (project VARCHAR, position BIGINT, name VARCHAR, time BIGINT, insert_id VARCHAR, anchor VARCHAR,
    node INTEGER, device VARCHAR, own BIGINT, wire VARCHAR, hidden BOOLEAN, properties VARCHAR, touches VARCHAR);
  CREATE TABLE owner (node INTEGER, person INTEGER, project VARCHAR, key VARCHAR);
  CREATE TABLE split (project VARCHAR, node INTEGER, since BIGINT, until BIGINT, person BIGINT);
  CREATE TABLE suspicion (node INTEGER, project VARCHAR, key VARCHAR, linked BIGINT, alone BIGINT, claimed INTEGER,
    peak INTEGER, peak_day BIGINT, merged INTEGER, weak BOOLEAN, quarantined BOOLEAN);
  CREATE TABLE people (project VARCHAR, node INTEGER, key VARCHAR, known BOOLEAN, traits VARCHAR, segments VARCHAR);
  CREATE TABLE property_names (project VARCHAR, event VARCHAR, property VARCHAR);
  INSERT INTO meta VALUES (${VERSION});
`;

export const tableNames = ['events', 'owner', 'split', 'suspicion', 'people', 'property_names'] as const;

/** Ends of time where a stretch is open. */
export const BEGINNING = -9223372036854775807n;
export const END = 9223372036854775807n;
