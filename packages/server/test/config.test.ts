import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { presets } from '@selfsame/identity';
import { wires } from '@selfsame/protocols';
import { describe, expect, test } from 'vitest';
import { policyOf } from '../src/policy/overrides.ts';
import { ConfigError, checkSettings, loadSettings, type ProjectSettings } from '../src/settings/load.ts';
import { madeOf } from '../src/wires/spoken.ts';

const project = { id: 'shop', publicKey: 'PUB', serverKey: 'SRV-secret', signingSecret: 'test' };

function problemsOf(json: unknown): readonly string[] {
  try {
    checkSettings(json, 'settings.json');
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('settings that stop the start (S42)', () => {
  const rows: readonly [name: string, json: unknown, problem: RegExp][] = [
    ['no object', 7, /^the file: 7 is not what belongs here; use Object/],
    ['no projects', {}, /^projects: is missing; add it/],
    ['an empty list of projects', { projects: [] }, /^projects: .*is empty/],
    ['an unknown key', { projects: [project], hots: {} }, /^hots: is no setting; known here: projects, hosts/],
    [
      'an unknown key of a project',
      { projects: [{ ...project, policies: {} }] },
      /^projects\[0\]\.policies: is no setting/,
    ],
    [
      'a reach without times',
      { projects: [{ ...project, policy: { sharedDevice: 'reach-bound', order: 'arrival' } }] },
      /^projects\[0\]\.policy: sharedDevice "reach-bound" needs order "time"/,
    ],
    [
      'an unknown preset',
      { projects: [{ ...project, policy: { preset: 'mixpanel' } }] },
      /^projects\[0\]\.policy\.preset: "mixpanel" is not what belongs here; use "selfsame", "by-interval"/,
    ],
    [
      'a missing key',
      { projects: [{ id: 'a', publicKey: 'p', serverKey: 's' }] },
      /^projects\[0\]\.signingSecret: is missing/,
    ],
    ...['+02:00', 'Mars/Olympus', '', '5'].map((timeZone): [string, unknown, RegExp] => [
      `the time zone ${JSON.stringify(timeZone)}`,
      { projects: [{ ...project, timeZone }] },
      /^projects\[0\]\.timeZone: .*is no time zone; use an IANA name such as Europe\/Berlin/,
    ]),
    ...['a/b', '/', '..', '../shop', 'a\\b', 'a\0b', 'a b', 'é', ''].map((id): [string, unknown, RegExp] => [
      `a project’s id that leads out of a directory, or is no name in one: ${JSON.stringify(id)} (S39)`,
      { projects: [{ ...project, id }] },
      /^projects\[0\]\.id: .*is no project id; use letters, digits and _ \. -/,
    ]),
    ['an empty secret', { projects: [{ ...project, signingSecret: '' }] }, /^projects\[0\]\.signingSecret: is empty/],
    [
      'a host of no known wire',
      { projects: [project], hosts: { 'a.example': 'amplitude' } },
      /^hosts\."a\.example": "amplitude"/,
    ],
    ['a host that is none', { projects: [project], hosts: { 'a b': 'xo' } }, /^hosts\."a b": "a b" is no host name/],
    [
      'a host with two stars',
      { projects: [project], hosts: { '*.a.*': 'xo' } },
      /^hosts\."\*\.a\.\*": .* is no host name/,
    ],
    [
      'an address range',
      { projects: [project], allowPrivateOutputs: ['10.0.0.0/8'] },
      /^allowPrivateOutputs\[0\]: .*single IP/,
    ],
    [
      'an identity type that mParticle does not have',
      { projects: [{ ...project, wires: { mparticle: { loginIds: ['user'] } } }] },
      /^projects\[0\]\.wires\.mparticle\.loginIds\[0\]: "user" is no identity type of mParticle/,
    ],
    [
      'an immutable type that is no login type',
      { projects: [{ ...project, wires: { mparticle: { strategy: 'profile_link', immutableIds: ['other'] } } }] },
      /^projects\[0\]\.wires\.mparticle\.immutableIds: .*loginIds and uniqueIds/,
    ],
    [
      'a negative window',
      { projects: [{ ...project, wires: { spid: { tMaxAgeSeconds: -1 } } }] },
      /tMaxAgeSeconds: -1 is below 0/,
    ],
    [
      'an address that is none',
      { projects: [{ ...project, wires: { spid: { addresses: ['192.0.2.0/33'] } } }] },
      /addresses\[0\]: "192\.0\.2\.0\/33" is no IP address or network; use one such as/,
    ],
    [
      'a rate that lets nothing through',
      { projects: [{ ...project, wires: { spid: { requestsPerHour: 0 } } }] },
      /requestsPerHour: 0 lets nothing through/,
    ],
    [
      'an endpoint there is not',
      { projects: [{ ...project, wires: { spid: { endpoints: ['GET user'] } } }] },
      /endpoints\[0\]: "GET user" is not what belongs here; use "GET user\/\{userId\}\/traits", /,
    ],
    [
      'a scope for an endpoint there is not',
      { projects: [{ ...project, wires: { spid: { scopes: { all: ['all'] } } } }] },
      /scopes\.all\[0\]: "all" is not what belongs here/,
    ],
    [
      'a scope that is two',
      { projects: [{ ...project, wires: { spid: { scopes: { 'a b': [] } } } }] },
      /scopes\."a b": "a b" is no scope/,
    ],
    [
      'a way back that is no web address',
      { projects: [{ ...project, wires: { spid: { redirectUris: ['javascript:x'] } } }] },
      /redirectUris\[0\]: "javascript:x" is no web address/,
    ],
    [
      'a way back with a fragment',
      { projects: [{ ...project, wires: { spid: { redirectUris: ['https://a.test/#x'] } } }] },
      /redirectUris\[0\]: "https:\/\/a\.test\/#x" has a fragment/,
    ],
    [
      'an output to no web address',
      {
        projects: [
          { ...project, outputs: [{ id: 'h', type: 'webhook', url: 'ftp://x', secret: `whsec_${'A'.repeat(32)}` }] },
        ],
      },
      /^projects\[0\]\.outputs\[0\]\.url: "ftp:\/\/x" is no web address/,
    ],
    [
      'an output of no kind',
      { projects: [{ ...project, outputs: [{ id: 'h', type: 'smtp' }] }] },
      /^projects\[0\]\.outputs\[0\]\.type: "smtp"/,
    ],
    [
      'an id twice',
      { projects: [project, { ...project, publicKey: 'b', serverKey: 'c' }] },
      /^projects\[1\]\.id: is the id of projects\[0\]\.id again/,
    ],
    [
      'a key twice',
      { projects: [project, { ...project, id: 'b', serverKey: 'c' }] },
      /^projects\[1\]\.publicKey: is the key of projects\[0\]\.publicKey/,
    ],
    [
      'one key for both',
      { projects: [{ ...project, serverKey: 'PUB' }] },
      /^projects\[0\]\.serverKey: is the key of projects\[0\]\.publicKey/,
    ],
    [
      "XO's key twice, in either case",
      {
        projects: [
          { ...project, keys: { xo: 'AB' } },
          { ...project, id: 'b', publicKey: 'b', serverKey: 'c', keys: { xo: 'ab' } },
        ],
      },
      /^projects\[1\]\.keys\.xo: is the key of projects\[0\]\.keys\.xo/,
    ],
    [
      "XO's key that is the public key of a project without one",
      {
        projects: [
          { ...project, keys: { xo: 'AB' } },
          { ...project, id: 'b', publicKey: 'Ab', serverKey: 'c' },
        ],
      },
      /^projects\[1\]\.publicKey: is the key of projects\[0\]\.keys\.xo/,
    ],
    [
      'public keys that XO cannot tell apart',
      { projects: [project, { ...project, id: 'b', publicKey: 'pub', serverKey: 'c' }] },
      /^projects\[1\]\.publicKey: is the key of projects\[0\]\.publicKey/,
    ],
  ];
  test.each(rows)('%s', (_name, json, problem) => {
    const problems = problemsOf(json);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(problem);
  });

  test('a key opens two projects only where both are spoken to', () => {
    const other = { ...project, id: 'b', publicKey: 'pub', serverKey: 'c', speaks: ['mixpanel'] };
    expect(problemsOf({ projects: [project, other] })).toEqual([]);
  });

  test('all of them are named at once', () => {
    const json = {
      projects: [
        { ...project, colour: 'red', size: 1 },
        { ...project, policy: { preset: 'none', caps: { perPersons: 1 } } },
      ],
      hosts: { 'x.example': 'none' },
      debug: true,
    };
    expect(problemsOf(json).map((one) => one.split(':')[0])).toEqual([
      'projects[0].colour',
      'projects[0].size',
      'projects[1].policy.preset',
      'projects[1].policy.caps.perPersons',
      'hosts."x.example"',
      'debug',
      'projects[1].id',
      'projects[1].publicKey',
      'projects[1].serverKey',
    ]);
  });

  test('no message holds a secret (S3)', () => {
    const bad = {
      ...project,
      id: 'x y',
      serverKey: ['SRV-secret'],
      signingSecret: 'SIG-secret',
      previousSigningSecret: ['PRE-secret'],
      keys: { xo: 'XO-secret', a: 'A-secret' },
    };
    const problems = problemsOf({
      projects: [bad, { ...bad, serverKey: 'SRV-secret' }, { ...bad, serverKey: 'SRV-secret' }],
    });
    expect(problems.length).toBeGreaterThan(4);
    expect(problems.join('\n')).not.toContain('-secret');
  });
});

describe('the policy of a project', () => {
  test('a preset as it is', () => {
    for (const preset of Object.keys(presets)) expect(policyOf({ preset })).toEqual(presets[preset]);
  });

  test('any field overrides, caps and roles and directory field by field', () => {
    const policy = policyOf({
      preset: 'xo',
      sharedDevice: 'last-login',
      caps: { perKind: { contact: 3 } },
      roles: { loyalty: 'login' },
      directory: { reuseAnonymousAtLogout: true },
    });
    const preset = presets['xo'];
    expect(policy).toEqual({
      ...preset,
      sharedDevice: 'last-login',
      caps: { ...preset?.caps, perKind: { ...preset?.caps.perKind, contact: 3 } },
      roles: { ...preset?.roles, loyalty: 'login' },
      directory: { ...preset?.directory, reuseAnonymousAtLogout: true },
    });
  });

  test('mParticle settings refine the strategy, in our kinds; the delay of aliases is no policy', () => {
    const settings = checkSettings(
      {
        projects: [
          {
            ...project,
            policy: { preset: 'mparticle-link' },
            wires: {
              mparticle: {
                strategy: 'profile_conversion',
                loginIds: ['customerid', 'mobile_number'],
                aliasDelaySeconds: 0,
              },
            },
          },
        ],
      },
      'test',
    );
    const [one] = settings.projects;
    const { directory } = policyOf(one?.policy ?? {}, undefined, madeOf(wires, one as ProjectSettings));
    expect(directory).toMatchObject({
      strategy: 'profile_conversion',
      loginIds: ['user', 'phone'],
      uniqueIds: ['user', 'phone'],
    });
    expect(directory).not.toHaveProperty('aliasDelaySeconds');
  });
});

test('a settings file that an editor began with a byte order mark is read', () => {
  const directory = mkdtempSync(join(tmpdir(), 'selfsame-settings-'));
  const file = join(directory, 'settings.json');
  writeFileSync(file, `\uFEFF${JSON.stringify({ projects: [project] })}`);
  expect(loadSettings(file).projects).toMatchObject([{ id: 'shop' }]);
  rmSync(directory, { recursive: true });
});
