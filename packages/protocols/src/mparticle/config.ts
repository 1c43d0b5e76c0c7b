import type { Access, WireReply, WireRequest } from '../protocol.ts';
import { json } from '../reply.ts';

/**
 * The web SDK's configuration: it names all the other addresses, so a page needs to know only this one. Boolean flags
 * are words, because the SDK compares texts.
 */
export function configOf(access: Access, request: WireRequest): object {
  // The SDK puts the scheme before these itself. The prefix works on every host name.
  const base = `${request.origin.replace(/^https?:\/\//, '')}/mparticle`;
  return {
    appName: access.name,
    // Names the browser's storage: another one would make every browser a new device.
    workspaceToken: `ss-${access.project}`,
    minWebviewBridgeVersion: 2,
    kitConfigs: [],
    pixelConfigs: [],
    serviceUrl: '',
    secureServiceUrl: '',
    flags: {
      eventsV3: '100',
      eventBatchingIntervalMillis: '5000',
      offlineStorage: '0',
      directURLRouting: 'False',
      // D10: with it on, a repeated login never reaches the server.
      cacheIdentity: 'False',
      audienceAPI: 'False',
      astBackgroundEvents: 'False',
      captureIntegrationSpecificIds: 'False',
      'captureIntegrationSpecificIds.V2': 'none',
    },
    identityUrl: `${base}/identity/v1/`,
    v1SecureServiceUrl: `${base}/webevents/v1/JS/`,
    v2SecureServiceUrl: `${base}/webevents/v2/JS/`,
    v3SecureServiceUrl: `${base}/webevents/v3/JS/`,
    aliasUrl: `${base}/webevents/v1/identity/`,
    userAudienceUrl: `${base}/nativesdk/v1/`,
  };
}

/** Cacheable, because a page that gets no configuration falls back to the vendor's hosts. */
export const configReply = (access: Access, request: WireRequest): WireReply =>
  json(200, configOf(access, request), { 'cache-control': 'public, max-age=300' });

/**
 * What apps ask for: no kits and nothing else. Those of Apple's systems upload no event until an answer calls itself a
 * configuration, and keep one only with an ETag.
 */
export const appConfigReply: WireReply = json(
  200,
  { dt: 'ac', eks: [] },
  { 'cache-control': 'public, max-age=300', etag: '"1"' },
);

/** What snippet users load: our configuration, then the vendor's SDK as published, then its start. */
export function bundleReply(access: Access, key: string, request: WireRequest, sdk: string): WireReply {
  const config = JSON.stringify({ ...configOf(access, request), requestConfig: false }).replaceAll('<', '\\u003c');
  const body = [
    'window.mParticle=window.mParticle||{};',
    `window.mParticle.config=Object.assign(window.mParticle.config||{},${config});`,
    sdk,
    `;window.mParticle.init(${JSON.stringify(key).replaceAll('<', '\\u003c')},window.mParticle.config);`,
  ].join('\n');
  const headers = { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'public, max-age=300' };
  return { status: 200, headers, body };
}
