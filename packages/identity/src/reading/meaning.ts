const meaning: Readonly<Record<string, string>> = {
  P1: 'nothing that stands links this identifier to anybody',
  M1: 'an explicit merge said so',
  J1: 'an explicit merge said so',
  L6c: 'whoever was logged in had logged out',
  L6d: 'this person was the last to log in, and nobody else has since',
  L7c: 'nobody’s login reaches this moment, so it is a visit of its own',
  L1: 'both were named by one item; this identifier belongs to one person for good',
  L3a: 'this person was the first to log in on this device',
  L3b: 'this person was the last to log in on this device',
  L6a: 'this person was logged in on this device from this moment',
  R6: 'the directory’s record of this profile holds it',
  L6: 'nobody else was ever said to use this device',
  L7a: 'this person logged in or out on this device within the time that it reaches',
  L7b: 'only this person ever logged in on this device, on enough of its visits, and did so later',
  U5: 'an operator pinned this identifier',
  L6b: 'this was the first login on this device, so the time before it belongs to the same person',
};

/** What a rule that made a link, or left an identifier to itself, says of it. */
export const meaningOf = (rule: string): string => meaning[rule] ?? 'they were used together';
