import { expect, test } from 'vitest';
import { readPurpose } from '../../src/mparticle/purposes.ts';

test.each([
  [
    'gdpr.analytics',
    { consented: true, timestamp_unixtime_ms: 5, document: 'terms 2', location: 'banner', hardware_id: 'h' },
    { said: 'granted', since: 5, source: 'terms 2, banner' },
  ],
  ['gdpr.ads', { consented: false, timestamp_unixtime_ms: null, document: '', location: null }, { said: 'refused' }],
  ['ccpa.data_sale_opt_out', { consented: true }, { said: 'opted-out' }],
  ['ccpa.data_sale_opt_out', { consented: false, location: 'footer' }, { said: 'not-opted-out', source: 'footer' }],
  ['gdpr.numbered', { consented: 1 }, { said: 'granted' }],
  ['ccpa.data_sale_opt_out', { consented: 'true' }, { said: 'opted-out' }],
  ['gdpr.odd', { consented: 'yes', timestamp_unixtime_ms: 'soon', document: 7 }, { said: 'unclear' }],
  ['gdpr.text', 'yes', { said: 'unclear' }],
])('%s: %j', (purpose, kept, read) => {
  expect(readPurpose(purpose, kept)).toEqual({ purpose, ...read });
});
