import type { Format } from '../format-shape.ts';
import { type Fields, isFields, keptInsertId, madeInsertId, Unreadable } from '../outgoing.ts';

/** The columns of Snowplow's enriched events in their order; a file has no header. Source: the vendor's "Stream file format". */
const columns =
  `app_id platform etl_tstamp collector_tstamp dvce_created_tstamp event event_id txn_id name_tracker v_tracker
v_collector v_etl user_id user_ipaddress user_fingerprint domain_userid domain_sessionidx network_userid geo_country
geo_region geo_city geo_zipcode geo_latitude geo_longitude geo_region_name ip_isp ip_organization ip_domain ip_netspeed
page_url page_title page_referrer page_urlscheme page_urlhost page_urlport page_urlpath page_urlquery page_urlfragment
refr_urlscheme refr_urlhost refr_urlport refr_urlpath refr_urlquery refr_urlfragment refr_medium refr_source refr_term
mkt_medium mkt_source mkt_term mkt_content mkt_campaign contexts se_category se_action se_label se_property se_value
unstruct_event tr_orderid tr_affiliation tr_total tr_tax tr_shipping tr_city tr_state tr_country ti_orderid ti_sku
ti_name ti_category ti_price ti_quantity pp_xoffset_min pp_xoffset_max pp_yoffset_min pp_yoffset_max useragent br_name
br_family br_version br_type br_renderengine br_lang br_features_pdf br_features_flash br_features_java
br_features_director br_features_quicktime br_features_realplayer br_features_windowsmedia br_features_gears
br_features_silverlight br_cookies br_colordepth br_viewwidth br_viewheight os_name os_family os_manufacturer
os_timezone dvce_type dvce_ismobile dvce_screenwidth dvce_screenheight doc_charset doc_width doc_height tr_currency
tr_total_base tr_tax_base tr_shipping_base ti_currency ti_price_base base_currency geo_timezone mkt_clickid mkt_network
etl_tags dvce_sent_tstamp refr_domain_userid refr_device_tstamp derived_contexts domain_sessionid derived_tstamp
event_vendor event_name event_format event_version event_fingerprint true_tstamp`.split(/\s+/);

/** Whether a line of text may be one of Snowplow's: older pipelines wrote fewer columns, none fewer than these. */
export const isSnowplowLine = (line: string): boolean => line.split('\t').length >= 108;

/** A line as an object; empty columns are left out. */
export const snowplowRow = (line: string): Fields =>
  Object.fromEntries(
    line
      .replace(/\r$/, '')
      .split('\t')
      .flatMap((text, i) => (text === '' || columns[i] === undefined ? [] : [[columns[i], text] as const])),
  );

/** Kept elsewhere than among the properties. */
const said: ReadonlySet<string> = new Set(['event_id', 'user_id', 'domain_userid', 'user_ipaddress', 'etl_tstamp']);
const nested: ReadonlySet<string> = new Set(['contexts', 'derived_contexts', 'unstruct_event']);

/** Snowplow's enriched events, tab-separated. */
export const snowplow = {
  name: 'snowplow',
  // A row that was refused, in its file.
  recognises: (value) => 'collector_tstamp' in value && ('event_id' in value || 'event' in value),
  read(row, { number }) {
    const name = row['event_name'] ?? row['event'];
    if (name === undefined) throw new Unreadable('has no event; Snowplow’s enriched events have 131 columns');
    const properties = Object.entries(row)
      .filter(([column]) => !said.has(column))
      .map(([column, text]) => [column, nested.has(column) ? parsed(text) : text]);
    return [
      {
        route: 'batch',
        body: {
          type: 'track',
          name,
          time: row['true_tstamp'] ?? row['derived_tstamp'] ?? row['collector_tstamp'],
          ids: { user: row['user_id'] ?? null, device: deviceOf(row) },
          properties: Object.fromEntries(properties),
          insertId: keptInsertId(row['event_id']) ?? madeInsertId(row, number),
        },
      },
    ];
  },
} as const satisfies Format;

/** The browser's own cookie, a phone's session, or the collector's cookie where there is neither (pixels, mails). */
function deviceOf(row: Fields): unknown {
  if (row['domain_userid'] !== undefined) return row['domain_userid'];
  const contexts = parsed(row['contexts']);
  const list = isFields(contexts) && Array.isArray(contexts['data']) ? contexts['data'] : [];
  const session = list.filter(isFields).find(({ schema }) => String(schema).includes('/client_session/'))?.['data'];
  return (isFields(session) ? session['userId'] : undefined) ?? row['network_userid'] ?? null;
}

function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text));
  } catch {
    return text;
  }
}
