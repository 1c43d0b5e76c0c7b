import { describe } from 'vitest';
import { type Policy, presets } from '../src/index.ts';
import {
  at,
  consent,
  G1,
  id,
  identify,
  ids,
  join,
  logout,
  merge,
  original,
  type Step,
  T,
  track,
  tryRows,
} from './told.ts';

describe('SPEC.md, row by row: Consent', () => {
  tryRows([
    {
      rule: '[G3] one person’s no stops nobody who comes after them on the device',
      when: [
        T(2, identify('ann d1')),
        T(2, consent('ann', 'denied')),
        logout('d1'),
        T(2, logout('d1')),
        T(2, identify('bob d1')),
        T(2, track('bob d1')),
        track('d1'),
      ],
      last: 'applied',
      owners: 'ann ann - - bob bob bob',
    },
    {
      rule: '[G3] … without a logout either: an item is its anchor’s',
      when: [T(2, identify('ann d1')), T(2, consent('ann', 'denied')), T(2, track('bob d1')), track('d1')],
      last: 'applied',
    },
    {
      rule: '[G3] … and a session of the device of somebody who said no is theirs',
      when: [T(2, identify('ann s1')), T(2, consent('ann', 'denied')), track('d1 s1')],
      last: 'suppressed',
    },
    {
      rule: '[G4] a backend’s no by way of a device is the person’s who has it',
      when: [T(2, identify('ann d1')), T(2, consent('d1', 'denied')), T(2, logout('d1')), at(500, track('d1'))],
      last: 'applied',
    },
    {
      rule: '[G4] … so all their devices are quiet',
      when: [T(2, identify('ann d1')), T(2, identify('ann d2')), T(2, consent('d1', 'denied')), track('d2')],
      last: 'suppressed',
    },
    {
      rule: '[G3] a page that denies its device stops what it says itself',
      when: [consent('d1', 'denied'), track('d1 ann')],
      last: 'suppressed',
    },
    {
      rule: '[G3] … and no backend’s order that names the user; the device stays out of it',
      when: [consent('d1', 'denied'), T(2, track('d1 ann'))],
      last: 'applied',
      people: ['ann', 'd1'],
    },
    {
      rule: '[G3] a merge asks too',
      when: [T(2, track('bob')), T(2, consent('ann', 'denied')), T(2, merge('ann', 'bob'))],
      last: 'suppressed',
      lastRule: 'G3',
      people: ['ann', 'bob'],
    },
    {
      rule: '[G3] a device that said no is not recorded',
      when: [consent('d1', 'denied'), track('d1')],
      last: 'suppressed',
      lastRule: 'G3',
    },
    {
      rule: '[G4] a public key does not speak for a person (S17)',
      when: [consent('ann', 'denied')],
      last: 'rejected',
      lastRule: 'G4',
    },
    {
      rule: '[G4] a backend does, on all devices',
      when: [track('d1 ann'), T(2, consent('ann', 'denied')), track('d1')],
      last: 'suppressed',
    },
    {
      rule: '[G2] a public key does not lift a backend’s denial (S17)',
      when: [track('d1 ann'), T(2, consent('ann', 'denied')), consent('d1', 'granted'), track('d1 ann')],
      last: 'suppressed',
    },
    {
      rule: '[G1] opting in resumes',
      when: [consent('d1', 'denied'), consent('d1', 'granted'), track('d1')],
      last: 'applied',
    },
    {
      rule: '[G3] an item that names a denied identifier links nothing',
      when: [T(2, consent('a@b.c', 'denied')), T(2, track('a@b.c ann')), track('ann')],
      last: 'applied',
      people: ['a@b.c', 'ann'],
    },
    {
      rule: '[G4] a denial of a merged person counts for both',
      when: [T(2, merge('ann', 'bob')), T(2, consent('ann', 'denied')), track('bob')],
      last: 'suppressed',
    },

    {
      rule: '[G5] a denial of forwarding alone is no denial of keeping',
      when: [{ type: 'Consent', ids: ids('d1'), consent: 'denied', scope: 'forwarding' }, track('d1')],
      last: 'applied',
      owners: 'd1 d1',
    },

    {
      rule: '[G2] a page’s no at a device that it gave a customer itself turns no grant of a backend’s round',
      when: [T(2, consent('ann', 'granted')), identify('ann d9'), consent('d9', 'denied')],
      consent: 'ann granted',
    },
    {
      rule: '[G2] … nor where the backend gave her the device',
      when: [T(2, identify('ann d1')), T(2, consent('ann', 'granted')), consent('d1', 'denied')],
      consent: 'ann granted',
    },
    {
      rule: '[G2] … nor where the grant came by way of a device that a backend gave her',
      when: [T(2, identify('ann d1')), T(2, consent('d1', 'granted')), identify('ann d9'), consent('d9', 'denied')],
      consent: 'ann granted',
    },
    {
      rule: '[G3] … but nothing that comes by the device is kept',
      when: [T(2, consent('ann', 'granted')), identify('ann d9'), consent('d9', 'denied'), track('ann d9')],
      last: 'suppressed',
      consent: 'ann granted',
    },
    {
      rule: '[G3] … nor what a page says was done on it, whomever it names',
      when: [consent('d9', 'denied'), { ...track('ann'), device: id('d9') } as Step],
      last: 'suppressed',
    },
    {
      rule: '[G3] … while a backend’s is its anchor’s',
      when: [consent('d9', 'denied'), T(2, { ...track('ann'), device: id('d9') } as Step)],
      last: 'applied',
    },
    {
      rule: '[G2] … and where a backend said nothing, it is hers',
      when: [T(2, track('ann')), identify('ann d9'), consent('d9', 'denied')],
      consent: 'ann denied',
    },
    {
      rule: '[G2] … until a backend does',
      when: [identify('ann d9'), consent('d9', 'denied'), T(2, consent('ann', 'granted'))],
      consent: 'ann granted',
    },
    {
      rule: '[G2] a page that denies, grants and denies again turns it no more',
      when: [
        T(2, consent('ann', 'granted')),
        identify('ann d9'),
        consent('d9', 'denied'),
        consent('d9', 'granted'),
        consent('d9', 'denied'),
      ],
      consent: 'ann granted',
    },
    {
      rule: '[G4] what a backend says by way of a device that pages alone gave a customer denies no grant it had of her',
      when: [T(2, consent('ann', 'granted')), identify('ann d9'), T(2, consent('d9', 'denied')), track('d9')],
      last: 'suppressed',
      consent: 'ann granted',
    },
    {
      rule: '[G4] … and what she is sent for stands',
      when: [T(2, consent('ann', 'granted')), identify('ann d9'), T(2, consent('d9', 'denied')), T(2, track('ann'))],
      last: 'applied',
    },
    {
      rule: '[G4] … nor grants what she denied',
      when: [identify('ann d9'), T(2, consent('ann', 'denied')), T(2, consent('d9', 'granted')), T(2, track('ann'))],
      last: 'suppressed',
      consent: 'ann denied',
    },
    {
      rule: '[G4] where it had none, she is denied by it, and what the backend says of her is kept',
      when: [identify('ann d9'), T(2, consent('d9', 'denied')), T(2, track('ann'))],
      last: 'applied',
      consent: 'ann denied',
    },
    {
      rule: '[G4] … where the backend said so too she is denied, though a page said it first and for good',
      policy: presets['segment'] as Policy,
      when: [identify('ann d9'), T(2, identify('ann d9')), T(2, consent('d9', 'denied')), T(2, track('ann'))],
      last: 'suppressed',
      consent: 'ann denied',
    },
    {
      rule: '[G4] … or said it of one whom she was merged with',
      policy: presets['segment'] as Policy,
      when: [
        T(2, merge('ann', 'cy')),
        identify('ann d9'),
        T(2, identify('cy d9')),
        T(2, consent('d9', 'denied')),
        T(2, track('ann')),
      ],
      last: 'suppressed',
    },
    {
      rule: '[G4] … but not of somebody else',
      policy: presets['segment'] as Policy,
      when: [identify('ann d9'), T(2, identify('bob d9')), T(2, consent('d9', 'denied')), T(2, track('ann'))],
      last: 'applied',
    },
    {
      rule: '[G4] … that it says of the device is not, whoever pages say is on it since',
      when: [identify('ann d1'), T(2, consent('d1', 'denied')), logout('d1'), identify('bob d1'), T(2, track('d1'))],
      last: 'suppressed',
    },
    {
      rule: '[G4] … nor what pages say from it',
      when: [identify('ann d1'), T(2, consent('d1', 'denied')), track('ann d1')],
      last: 'suppressed',
      consent: 'ann denied',
    },
    {
      rule: '[G4] … an id that pages alone joined with hers likewise',
      policy: original,
      when: [join('identify', 'id:U1', G1), T(2, consent(G1, 'denied')), T(2, track('id:U1'))],
      last: 'applied',
      consent: 'id:U1 denied',
    },
    {
      rule: '[G4] … while pages say nothing more of who said no by it',
      policy: original,
      when: [join('identify', 'id:U1', G1), T(2, consent(G1, 'denied')), track('id:U1')],
      last: 'suppressed',
    },
    {
      rule: '[G4] … and granted by the same way',
      when: [identify('ann d1'), T(2, consent('d1', 'denied')), T(2, consent('d1', 'granted')), track('ann d1')],
      last: 'applied',
      consent: 'ann granted',
    },
    {
      rule: '[G2] a signed no is the person’s, whatever a backend had',
      when: [T(2, consent('ann', 'granted')), T(1, consent('ann', 'denied'))],
      consent: 'ann denied',
    },
  ]);
});
