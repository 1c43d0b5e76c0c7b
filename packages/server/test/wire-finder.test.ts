import type { Protocol } from '@selfsame/protocols';
import { expect, test } from 'vitest';
import { wireFinder } from '../src/wires/finder.ts';

const wires = new Map(['native', 'mixpanel', 'xo', 'segment'].map((name) => [name, { name } as Protocol]));
const hosts = { 'api.mixpanel.com': 'mixpanel', 'collect-*': 'xo', '*.segment.test': 'segment', 'spid.test': 'spid' };

test.each<[url: string, host: string | undefined, found: string | undefined]>([
  ['/mixpanel/track?data=x', 'any', 'mixpanel /track ?data=x'],
  ['/mixpanel//track/', undefined, 'mixpanel //track/ '],
  ['/mixpanel', 'any', 'mixpanel / '],
  ['/mixpanel?x', 'any', 'mixpanel / ?x'],
  ['/mixpanelx/track', 'any', undefined],
  ['/track', 'api.mixpanel.com', 'mixpanel /track '],
  ['//track/', 'API.Mixpanel.com:4400', 'mixpanel //track/ '],
  ['/', 'api.mixpanel.com', 'mixpanel / '],
  ['/xo/p.gif', 'api.mixpanel.com', 'xo /p.gif '],
  ['/key', 'collect-eu.example', 'xo /key '],
  ['/key', 'my-collect-eu.example', undefined],
  ['/v1/batch', 'cdn.segment.test', 'segment /v1/batch '],
  ['/v1/batch', 'segment.test', 'native /v1/batch '],
  ['/v1/batch/', undefined, 'native /v1/batch/ '],
  ['/v1/batches', undefined, undefined],
  ['/native/v1/batch', undefined, undefined],
  ['/x', 'spid.test', undefined],
  ['/', undefined, undefined],
])('%s on %s is answered by %s', (url, host, found) => {
  const match = wireFinder(wires, hosts)(url, host);
  expect(match && `${match.wire.name} ${match.path} ${match.search}`).toBe(found);
});

test('without mapped hosts every host is ours', () => {
  expect(wireFinder(wires, {})('/track', 'api.mixpanel.com')).toBeUndefined();
});
