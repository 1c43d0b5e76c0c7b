import { createHmac } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { Failure } from '../failure.ts';
import { flag } from '../flag.ts';
import { print } from '../print.ts';

/** `selfsame sign`: what a customer's backend does to vouch for traits. */
export function signCommand(): Command {
  return new Command('sign')
    .description('Sign traits: a JSON object becomes <signature>.<payload>.')
    .argument('[json]', 'the object; read from standard input when left out')
    .addOption(flag('--signing-secret <secret>', "the project's signing secret").makeOptionMandatory())
    .addOption(flag('--t <seconds>', 'time of signing, Unix seconds; now, when left out'))
    .addHelpText(
      'after',
      `
Example:
  selfsame sign '{"plan":"pro"}' --signing-secret test
  echo '{"plan":"pro","sub":"42"}' | SELFSAME_SIGNING_SECRET=test selfsame sign`,
    )
    .action(async (json: string | undefined, { signingSecret, t }: { signingSecret: string; t?: string }) => {
      print(
        signTraits(
          parse(json ?? (await text(process.stdin))),
          signingSecret,
          t === undefined ? Date.now() / 1000 : Number(t),
        ),
      );
    });
}

/**
 * The signed blob: base64url of HMAC-SHA256 over the payload text, a dot, the payload text (S5). An object that has its
 * own `algorithm` or `t` (seconds) keeps them.
 */
export function signTraits(traits: object, secret: string, t: number): string {
  const whole = {
    ...traits,
    ...('algorithm' in traits ? {} : { algorithm: 'HMAC-SHA256' }),
    ...('t' in traits ? {} : { t }),
  };
  const payload = Buffer.from(JSON.stringify(whole)).toString('base64url');
  return `${createHmac('sha256', secret).update(payload).digest('base64url')}.${payload}`;
}

function parse(json: string): object {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  } catch {
    // Said below, like everything else that is no object.
  }
  throw new Failure('That is no JSON object. One looks like {"plan":"pro"}; mind the quotes of your shell.', 2);
}
