import type { Protocol } from '@selfsame/protocols';
import * as protocols from '@selfsame/protocols';

/** Every wire this server speaks. A wire is added here and nowhere else in the server. */
const names = ['native', 'mixpanel', 'mparticle', 'xo', 'spid', 'segment'] as const;

export const wires: ReadonlyMap<string, Protocol> = new Map(
  names.flatMap((name) => {
    const wire = (protocols as Partial<Record<(typeof names)[number], Protocol>>)[name];
    return wire === undefined ? [] : [[name, wire] as const];
  }),
);
