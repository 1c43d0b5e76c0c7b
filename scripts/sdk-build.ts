/** `npm run build:sdks`: our SDKs as npm gets them, each in its `dist`; publish from there with `npm publish`. */
import { buildSdks } from './sdk-packages.ts';

for (const folder of await buildSdks()) console.log(folder);
