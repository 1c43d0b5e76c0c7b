import { rolldown } from 'rolldown';
import { clientPath } from './clients.ts';

/**
 * `analytics` (getanalytics.io) with one of its plugins, as a page's bundler makes it, under the global `analyticsIo`:
 * `start(name, settings)` is what its page says.
 */
export async function analyticsOf(plugin: 'mixpanel' | 'segment'): Promise<string> {
  const source = `
    import Analytics from '${clientPath('analytics/lib/analytics.browser.es.js')}';
    import plugin from '${clientPath(`@analytics/${plugin}/lib/analytics-plugin-${plugin}.browser.es.js`)}';
    export const start = (_name, settings) => Analytics({ app: 'shop', plugins: [plugin(settings)] });
  `;
  const bundle = await rolldown({
    input: 'page',
    platform: 'browser',
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === 'page' ? id : null),
        load: (id) => (id === 'page' ? source : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'iife', name: 'analyticsIo' });
  await bundle.close();
  return output[0].code;
}
