// SPiD's own script is on no registry, and people log in on its platform. Its calls, on our client.
import { createClient } from '@selfsame/browser';
import { vgs } from '@selfsame/browser/compat/vgs';

window.startVgs = (options) => createClient({ ...options, plugins: [vgs()] });
