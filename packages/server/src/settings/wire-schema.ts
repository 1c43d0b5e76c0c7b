import type { Setting, Wire, WireSettings } from '@selfsame/protocols';
import * as v from 'valibot';
import { isNetwork } from '../http/networks.ts';
import { exact, text, webAddress, whole } from './fields.ts';

/** What is read of one setting: its schema says nothing of its type, which its wire knows. */
type Read = v.GenericSchema<unknown, unknown>;

/** A project's `wires`: of every wire that has settings, those it describes. */
export const wiresSchema = (wires: readonly Wire[]) =>
  exact(
    Object.fromEntries(
      wires.flatMap(({ name, settings }) => (settings === undefined ? [] : [[name, v.optional(described(settings))]])),
    ),
  ) as unknown as v.GenericSchema<unknown, Readonly<Record<string, object | undefined>>>;

/** A project's `keys`: of every wire that may have one of its own. */
export const keysSchema = (wires: readonly Wire[]) =>
  exact(
    Object.fromEntries(wires.flatMap(({ name, keys }) => (keys?.own === undefined ? [] : [[name, v.optional(text)]]))),
  ) as unknown as v.GenericSchema<unknown, Readonly<Record<string, string | undefined>>>;

const described = (settings: WireSettings) =>
  exact(Object.fromEntries(Object.entries(settings).map(([name, one]) => [name, v.optional(schemaOf(one))])));

const origin = v.pipe(
  webAddress,
  v.check((one) => URL.parse(one)?.origin === one, 'is no origin; use one such as https://shop.example.com'),
);
const network = v.pipe(
  v.string(),
  v.check(isNetwork, 'is no IP address or network; use one such as 192.0.2.7 or 192.0.2.0/24'),
);

function schemaOf(setting: Setting): Read {
  switch (setting.is) {
    case 'yes-or-no':
      return v.boolean();
    case 'whole number': {
      const { orNull, least } = setting;
      const number = least === undefined ? whole : v.pipe(whole, v.minValue(least.value, least.says));
      return orNull ? v.nullable(number) : number;
    }
    case 'text':
    case 'web address': {
      const any = setting.is === 'text' ? v.string() : webAddress;
      return setting.fits === undefined ? any : v.pipe(any, v.check(setting.fits.test, setting.fits.says));
    }
    case 'word':
      return word(setting.read, setting.says);
    case 'origin':
      return origin;
    case 'network':
      return network;
    case 'one of':
      return v.picklist(setting.of);
    case 'list':
      return v.array(schemaOf(setting.of));
    case 'map':
      return v.record(schemaOf(setting.keys) as v.GenericSchema<string, string>, schemaOf(setting.values));
  }
}

const word = (read: (text: string) => string | undefined, message: string): Read =>
  v.pipe(
    v.string(),
    v.rawTransform(({ dataset, addIssue, NEVER }) => {
      const ours = read(dataset.value);
      if (ours !== undefined) return ours;
      addIssue({ message });
      return NEVER;
    }),
  );
