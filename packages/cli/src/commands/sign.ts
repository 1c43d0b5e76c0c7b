import { createHmac, randomUUID } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { Command, InvalidArgumentError } from 'commander';
import { Failure } from '../failure.ts';
import { flag } from '../flag.ts';
import { print } from '../print.ts';

/** `selfsame sign`: what a customer's backend does to vouch for traits. */
export function signCommand(): Command {
  return new Command('sign')
    .description('Sign traits: a JSON object becomes <signature>.<payload>.')
    .argument('[json]', 'the object; read from standard input when left out')
    .addOption(flag('--signing-secret <secret>', "the project's signing secret").argParser(some).makeOptionMandatory())
    .addOption(flag('--t <seconds>', 'time of signing, Unix seconds; now, when left out').argParser(seconds))
    .addOption(flag('--for-project <id>', 'the only project that takes it; without it any with this secret does'))
    .addOption(flag('--once', 'it has one effect; sent again, it is a duplicate'))
    .addHelpText(
      'after',
      `
Examples:
  selfsame sign '{"plan":"pro"}' --signing-secret test
  selfsame sign '{"use":"identity","ids":{"user":"42"}}' --signing-secret test --for-project shop --once
  echo '{"plan":"pro","sub":"42"}' | SELFSAME_SIGNING_SECRET=test selfsame sign

To compare with your own: the same object with the same --t gives the same text, but for the order of its fields and, with --once, its nonce.`,
    )
    .action(async (json: string | undefined, { signingSecret, t, forProject, once }: Options) => {
      const bound = {
        ...(forProject === undefined ? {} : { project: forProject }),
        ...(once === undefined ? {} : { once }),
      };
      print(signTraits(parse(json ?? (await text(process.stdin))), signingSecret, t ?? Date.now() / 1000, bound));
    });
}

/** What binds a signed text: to one project, to one use. */
interface Bound {
  readonly project?: string;
  readonly once?: boolean;
}

interface Options {
  readonly signingSecret: string;
  readonly t?: number;
  readonly forProject?: string;
  readonly once?: boolean;
}

/**
 * The signed blob: base64url of HMAC-SHA256 over the payload text, a dot, the payload text (S5). An object that has its
 * own `algorithm` or `t` (seconds) keeps them.
 */
export function signTraits(traits: object, secret: string, t: number, { project, once = false }: Bound = {}): string {
  const whole = {
    ...traits,
    ...('algorithm' in traits ? {} : { algorithm: 'HMAC-SHA256' }),
    ...('t' in traits ? {} : { t }),
    ...(project === undefined ? {} : { $audience: project }),
    ...(once ? { $nonce: randomUUID() } : {}),
  };
  const payload = Buffer.from(JSON.stringify(whole)).toString('base64url');
  return `${createHmac('sha256', secret).update(payload).digest('base64url')}.${payload}`;
}

/** A variable that is not set makes an empty one, and what that signs no server believes. */
function some(secret: string): string {
  if (secret === '') throw new InvalidArgumentError('It must not be empty.');
  return secret;
}

/** Not so far from now that it must be another unit: the year 2286 begins the eleventh digit. */
function seconds(text: string): number {
  if (!/^\d{1,10}(\.\d+)?$/.test(text))
    throw new InvalidArgumentError('It must be Unix seconds, such as 1372150257 or 1372150257.11.');
  return Number(text);
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
