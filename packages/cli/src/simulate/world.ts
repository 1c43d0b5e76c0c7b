import { type Chance, uuid } from './chance.ts';

/** A human as only the simulator knows them: the ground truth has no other word for who somebody is. */
export interface Human {
  /** 0, 1, 2 … */
  readonly number: number;
  readonly customer: string;
  readonly name: string;
  readonly email: string;
  /** Whether they ever sign up; many visitors never do. */
  readonly signsUp: boolean;
  readonly devices: readonly Device[];
}

/** A machine with a browser. What its analytics library remembers changes while the history runs. */
export interface Device {
  readonly type: 'phone' | 'laptop' | 'family tablet';
  readonly os: string;
  readonly browser: string;
  /** The library's device id; a new one after cookies were lost or the library was reset. */
  cookie: string;
  /** Who is logged in, as far as the site knows. */
  loggedIn: Human | null;
}

const given = [
  'Ada',
  'Ben',
  'Chloé',
  'Dag',
  'Elif',
  'Finn',
  'Greta',
  'Hugo',
  'Ines',
  'Jan',
  'Kari',
  'Liv',
  'Mats',
  'Noor',
  'Ola',
  'Pia',
  'Quinn',
  'Rosa',
  'Sven',
  'Tuva',
  'Uma',
  'Vera',
  'Wim',
  'Yara',
  'Zoë',
];
const family = [
  'Almeida',
  'Berg',
  'Costa',
  'Dahl',
  'Eriksen',
  'Fischer',
  'García',
  'Haug',
  'Ivanova',
  'Jansen',
  'Kowalski',
  'Lund',
  'Moreau',
  'Novak',
  'Olsen',
  'Petit',
  'Rossi',
  'Silva',
  'Thorsen',
  'Vik',
];

/** Households of one to four until there are enough people. Half of the larger ones share a tablet. */
export function settle(chance: Chance, people: number): readonly Human[] {
  const humans: Human[] = [];
  while (humans.length < people) {
    const size = Math.min(chance.one([1, 1, 2, 2, 3, 4]), people - humans.length);
    const tablet = size > 1 && chance.yes(0.5) ? device(chance, 'family tablet') : undefined;
    const surname = chance.one(family);
    for (let member = 0; member < size; member++) {
      const number = humans.length;
      const name = `${chance.one(given)} ${surname}`;
      const address = name
        .normalize('NFD')
        .replace(/[^A-Za-z ]/g, '')
        .toLowerCase()
        .replace(' ', '.');
      humans.push({
        number,
        customer: `c-${chance.text(16, '0123456789abcdef')}`,
        name,
        email: `${address}.${number}@example.com`,
        signsUp: chance.yes(0.6),
        devices: [
          device(chance, 'phone'),
          ...(chance.yes(0.6) ? [device(chance, 'laptop')] : []),
          ...(tablet === undefined ? [] : [tablet]),
        ],
      });
    }
  }
  return humans;
}

function device(chance: Chance, type: Device['type']): Device {
  const [os, browser] = chance.one(
    type === 'laptop'
      ? [
          ['Windows', 'Chrome'],
          ['Mac OS X', 'Safari'],
          ['Linux', 'Firefox'],
        ]
      : [
          ['Android', 'Chrome'],
          ['iOS', 'Mobile Safari'],
        ],
  ) as [string, string];
  return { type, os, browser, cookie: uuid(chance), loggedIn: null };
}
