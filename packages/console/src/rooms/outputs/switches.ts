/** The switches of a connection in words, and how each stands in a new one; the server's list, in its order. */
export const switchWords = [
  ['customEvents', 'Events', true],
  ['screenViews', 'Page and screen views', true],
  ['commerce', 'Commerce', true],
  ['crash', 'Crashes', true],
  ['lifecycle', 'App and session starts and ends', true],
  ['push', 'Push messages', true],
  ['network', 'Network performance', true],
  ['location', 'Where an event happened', true],
  ['metadata', 'What is said of the app and the device', true],
  ['userAttributeChange', 'The sender’s own event that an attribute changed', false],
  ['userIdentityChange', 'The sender’s own event that an identity changed', false],
  ['batchesWithoutEvents', 'Traits and segments that change without an event', true],
  ['batchLocation', 'Where an event happened, said once more of mParticle’s batch', false],
] as const satisfies readonly (readonly [string, string, boolean])[];
