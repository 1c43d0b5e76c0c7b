import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { webhook } from '../src/index.ts';
import { track } from './items.ts';
import { createWorld, run } from './world.ts';

/**
 * The check that https://www.standardwebhooks.com publishes, by what each language brings itself: HMAC-SHA256 over
 * `id.timestamp.body` under the secret after `whsec_`, against each signature of the header. A program reads lines of
 * secret, id, timestamp, signatures and body, each in hexadecimal, and prints of each line whether it is right.
 */
const verifiers: readonly { readonly language: string; readonly command: readonly [string, ...string[]] }[] = [
  {
    language: 'Python',
    command: [
      'python3',
      '-c',
      `
import base64, hashlib, hmac, sys
for line in sys.stdin:
    secret, id, at, signatures, body = [bytes.fromhex(one) for one in line.split()]
    key = base64.b64decode(secret.removeprefix(b'whsec_'), validate=True)
    want = b'v1,' + base64.b64encode(hmac.new(key, id + b'.' + at + b'.' + body, hashlib.sha256).digest())
    print('right' if any(hmac.compare_digest(one, want) for one in signatures.split(b' ')) else 'wrong')`,
    ],
  },
  {
    language: 'Perl',
    command: [
      'perl',
      '-MDigest::SHA=hmac_sha256',
      '-MMIME::Base64=decode_base64,encode_base64',
      '-e',
      `
while (<STDIN>) {
  my ($secret, $id, $at, $signatures, $body) = map { pack 'H*', $_ } split;
  $secret =~ s/^whsec_//;
  my $want = 'v1,' . encode_base64(hmac_sha256("$id.$at.$body", decode_base64($secret)), '');
  print((grep { $_ eq $want } split / /, $signatures) ? "right\\n" : "wrong\\n");
}`,
    ],
  },
  {
    language: 'PHP',
    command: [
      'php',
      '-r',
      `
while ($line = fgets(STDIN)) {
  [$secret, $id, $at, $signatures, $body] = array_map('hex2bin', explode(' ', trim($line)));
  $want = 'v1,' . base64_encode(hash_hmac('sha256', "$id.$at.$body", base64_decode(substr($secret, 6), true), true));
  echo array_filter(explode(' ', $signatures), fn ($one) => hash_equals($want, $one)) ? "right\\n" : "wrong\\n";
}`,
    ],
  },
];

describe('the signature of a webhook (S28)', () => {
  it.for(verifiers)(
    'is right to $language, under either of two secrets, and not with a byte changed',
    async ({ language, command: [program, ...args] }, { skip }) => {
      const isHere = spawnSync(program, ['--version']).error === undefined;
      skip(!isHere, `${language} is not on this machine: nothing was verified with it`);
      const secrets = ['the secret of now, \u{1f511} and long', 'the one before it was changed'].map((one) =>
        Buffer.from(one),
      );
      const world = createWorld();
      const out = await run(
        world,
        webhook({ project: 'shop', url: 'https://receiver.test/hook', secrets: () => secrets }),
      );
      await world.say(track('Sett på – 見た "\u{1f44b}"', 'user:å.1'));
      await out.until();
      await out.stop();
      const [{ headers, body }] = out.posts as [(typeof out.posts)[number]];
      const sent = {
        secret: secrets[0]!,
        id: headers['webhook-id']!,
        at: headers['webhook-timestamp']!,
        signatures: headers['webhook-signature']!,
        body,
      };
      const lines = [
        sent,
        { ...sent, secret: secrets[1]! },
        { ...sent, secret: Buffer.from('a secret of somebody else') },
        { ...sent, id: `${sent.id}1` },
        { ...sent, at: `${Number(sent.at) + 1}` },
        { ...sent, body: body.replace('"user"', '"usar"') },
      ].map(({ secret, id, at, signatures, body }) =>
        [`whsec_${Buffer.from(secret).toString('base64')}`, id, at, signatures, body]
          .map((one) => Buffer.from(one).toString('hex'))
          .join(' '),
      );
      const { stdout, stderr } = spawnSync(program, args, { input: `${lines.join('\n')}\n`, encoding: 'utf8' });
      expect(stderr).toBe('');
      expect(stdout.trim().split('\n')).toEqual(['right', 'right', 'wrong', 'wrong', 'wrong', 'wrong']);
    },
  );
});
