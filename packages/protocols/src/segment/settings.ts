import type { Json } from '@selfsame/identity';

/**
 * What analytics.js loads from its CDN before it starts (`cdnURL` points here): where to send, and nothing else to load.
 * Its metrics are off, since they would go to the vendor.
 */
export function settingsOf(writeKey: string, origin: string): Json {
  const secure = origin.startsWith('https:');
  return {
    integrations: {
      'Segment.io': {
        apiKey: writeKey,
        apiHost: `${origin.replace(/^https?:\/\//, '')}/segment/v1`,
        protocol: secure ? 'https' : 'http',
        unbundledIntegrations: [],
        addBundledMetadata: true,
        maybeBundledConfigIds: {},
      },
    },
    plan: {
      track: { __default: { enabled: true, integrations: {} } },
      identify: { __default: { enabled: true } },
      group: { __default: { enabled: true } },
    },
    middlewareSettings: {},
    enabledMiddleware: {},
    legacyVideoPluginsEnabled: false,
    remotePlugins: [],
    metrics: { sampleRate: 0 },
  };
}
