/** Every wire by the name it has in addresses, settings and answers, as its vendor writes it: the one list of them. */
export const wireNames = {
  native: 'Selfsame',
  mixpanel: 'Mixpanel',
  mparticle: 'mParticle',
  xo: 'Crownpeak XO',
  spid: 'SPiD',
  segment: 'Segment',
} as const;

export type WireName = keyof typeof wireNames;
