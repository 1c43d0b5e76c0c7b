import { mixpanel, mparticle, native, type Protocol, segment, spid, xo } from '@selfsame/protocols';

/** Every wire this server speaks, by name. A wire is added here and nowhere else in the server. */
export const wires: ReadonlyMap<string, Protocol> = new Map(
  [native, mixpanel, mparticle, xo, spid, segment].map((wire) => [wire.name, wire]),
);
