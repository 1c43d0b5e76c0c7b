import { Argument, Command } from 'commander';
import { dataFailure } from '../data-failure.ts';
import { Failure } from '../failure.ts';
import { flag } from '../flag.ts';
import { print } from '../print.ts';

interface Options {
  readonly data: string;
  readonly config?: string;
  readonly project?: string;
  readonly json?: boolean;
}

/** A project whose keys are changed, in its data directory. */
interface Place {
  readonly data: string;
  readonly project: string;
  /** The settings file's key and signing secrets. */
  readonly serverKey: string;
  readonly signingSecret: string;
  readonly previousSigningSecret?: string | undefined;
}

/** Of the signing secrets of the settings file. */
type Which = 'current' | 'previous';

/** How the key of the settings file is called. */
const SETTINGS = 'settings';

/** `selfsame keys list | add | revoke | revoke-signing | lock | unlock`: server keys and secrets, changed in the data directory while a server runs or not (S3). */
export function keysCommand(): Command {
  const command = new Command('keys').description(
    'The server keys of a project: make one, list them, revoke one. Its signing secrets: revoke one. What the data directory keeps: lock it.',
  );
  command.addHelpText(
    'after',
    `
A project has the server key of its settings file, called "settings", and as many more as you like. Of those only a
hash is kept, in keys.json of the data directory: write the key down when it is shown. The server takes each change
within a second, without a restart. Run it as root or as the user that the server runs as.

To rotate a key: add one, give it to the backends, revoke the one before. Ids that were made with the settings file's
key stay as they are when it is revoked; leave it in the file. mParticle's HMAC signatures can be made with that key only.

To rotate the signing secret: put the new one in the settings file as "signingSecret" and the one before as
"previousSigningSecret", restart, give the new one to the backends, revoke the one before. What either signed is taken
until then; the server itself signs with the new one.

Examples:
  selfsame keys add checkout --data /var/lib/selfsame --config /etc/selfsame/settings.json --project shop
  selfsame keys revoke settings --data /var/lib/selfsame --config /etc/selfsame/settings.json --project shop
  selfsame keys revoke-signing previous --data /var/lib/selfsame --config /etc/selfsame/settings.json --project shop`,
  );
  const sub = (name: string, description: string) =>
    new Command(name)
      .description(description)
      .addOption(flag('--data <dir>', 'the data directory', './data'))
      .addOption(flag('--config <file>', 'the server\'s settings file; without one, project "demo"'))
      .addOption(flag('--project <id>', 'the project, where the settings have several'));
  command.addCommand(
    sub(
      'list',
      'Every server key that opens the project: its name, and since when. Signing secrets, where one is not in force alone.',
    )
      .addOption(flag('--json', 'as JSON'))
      .addHelpText('after', '\nExample:\n  selfsame keys list')
      .action(async (options: Options) => list(await placeOf(options), options.json === true)),
  );
  command.addCommand(
    sub('add', 'Make a server key and show it, once.')
      .argument('<name>', 'what you will know it by, such as the backend that gets it')
      .addHelpText('after', '\nExample:\n  selfsame keys add checkout')
      .action(async (name: string, options: Options) => add(await placeOf(options), nameOf(name))),
  );
  command.addCommand(
    sub('revoke', 'Take a server key away: within a second it opens nothing.')
      .argument('<name>', 'its name; "settings" is the key of the settings file')
      .addHelpText('after', '\nExample:\n  selfsame keys revoke checkout')
      .action(async (name: string, options: Options) => revoke(await placeOf(options), name)),
  );
  command.addCommand(
    sub('revoke-signing', 'Take a signing secret away: within a second nothing it signed is believed.')
      .addArgument(new Argument('<which>', 'the one in force, or the one before').choices(['current', 'previous']))
      .addHelpText(
        'after',
        `
What was believed stays as it is: "selfsame claims retract --help" takes it back. What the server itself signs for
SPiD's clients it signs with the current one all the same, until the settings file has another.

Example:
  selfsame keys revoke-signing previous`,
      )
      .action(async (which: Which, options: Options) => revokeSigning(await placeOf(options), which)),
  );
  command.addCommand(
    new Command('lock')
      .description('Encrypt the secrets in the data directory under a key outside of it, or under another one.')
      .argument('<file>', 'the key, base64 of 32 bytes; made if missing')
      .addOption(flag('--data <dir>', 'the data directory', './data'))
      .addHelpText(
        'after',
        `
secrets.json and the secrets of outputs that were made in the console or over the API lie there under AES-256-GCM from
then on. Keep a copy of the key, apart from the backups: without it every person would get a new id. Backups hold the
secrets as they were locked then, so keep a key as long as a backup needs it.

Examples:
  selfsame keys lock /etc/selfsame/secrets.key --data /var/lib/selfsame
  selfsame keys lock /etc/selfsame/secrets-2.key --data /var/lib/selfsame     another key from now on`,
      )
      .action(async (file: string, { data }: Options) => lock(data, file)),
  );
  command.addCommand(
    new Command('unlock')
      .description('Leave the secrets in the data directory unencrypted, for their owner to read.')
      .addOption(flag('--data <dir>', 'the data directory', './data'))
      .addHelpText('after', '\nExample:\n  selfsame keys unlock --data /var/lib/selfsame')
      .action(async ({ data }: Options) => unlock(data)),
  );
  return command;
}

async function list({ data, project, serverKey, ...secrets }: Place, asJson: boolean): Promise<void> {
  const { digestOf, serverKeysOf, signingSecretsOf } = await import('@selfsame/server');
  const { keys, withdrawn } = attempt(() => serverKeysOf(data, project));
  const standing = [
    ...(withdrawn.includes(digestOf(serverKey)) ? [] : [{ name: SETTINGS, made: null }]),
    ...keys.map(({ name, made }) => ({ name, made })),
  ];
  const signing = signingSecretsOf(secrets).map(({ name, digest }) => ({
    name: name === 'signing' ? 'current' : 'previous',
    revoked: withdrawn.includes(digest),
  }));
  if (asJson) return print(JSON.stringify({ project, keys: standing, signing }, null, 2));
  if (standing.length === 0) print(`No server key opens ${project}. "selfsame keys add NAME" makes one.`);
  for (const { name, made } of standing) print(`${name}  ${made === null ? 'of the settings file' : `since ${made}`}`);
  // Of what an overlap or a leak leaves only; most projects have one signing secret, and nothing to be told of it.
  for (const { name, revoked } of signing)
    if (revoked || signing.length > 1) print(`signing secret, ${name}${revoked ? '  revoked' : ''}`);
}

async function add({ data, project }: Place, name: string): Promise<void> {
  const { addServerKey } = await import('@selfsame/server');
  // Alone on standard output, so that a script can take it.
  print(attempt(() => addServerKey(data, project, name, Date.now())));
  process.stderr.write(`Server key "${name}" of ${project}. Nobody can show it again: write it down now.\n`);
}

async function revoke({ data, project, serverKey }: Place, name: string): Promise<void> {
  const { digestOf, revokeServerKey, serverKeysOf, withdrawSettingsKey } = await import('@selfsame/server');
  attempt(() => {
    if (name === SETTINGS) withdrawSettingsKey(data, project, serverKey);
    else revokeServerKey(data, project, name);
  });
  print(`${name} is revoked: within a second it opens nothing of ${project}.`);
  const { keys, withdrawn } = serverKeysOf(data, project);
  if (keys.length === 0 && withdrawn.includes(digestOf(serverKey)))
    print(`No server key opens ${project} now. "selfsame keys add NAME" makes one.`);
}

async function revokeSigning({ data, project, ...secrets }: Place, which: Which): Promise<void> {
  const { withdrawSigningSecret } = await import('@selfsame/server');
  const secret = which === 'current' ? secrets.signingSecret : secrets.previousSigningSecret;
  if (secret === undefined)
    throw new Failure(`The settings of ${project} have no "previousSigningSecret": nothing but the current one signs.`);
  attempt(() => withdrawSigningSecret(data, project, secret));
  print(`The ${which} signing secret of ${project} is revoked: within a second nothing it signed is believed.`);
}

const OUTPUTS_FOLLOW = 'outputs.json follows when the server starts next.';

async function lock(data: string, file: string): Promise<void> {
  process.umask(0o077);
  const { lockSecrets } = await import('@selfsame/server');
  const key = attempt(() => lockSecrets(data, file));
  print(`The secrets in ${data} are locked with the key in ${file}. ${OUTPUTS_FOLLOW}`);
  if (key === 'made') print('The key was made now: keep a copy of it, apart from the backups.');
}

async function unlock(data: string): Promise<void> {
  process.umask(0o077);
  const { unlockSecrets } = await import('@selfsame/server');
  attempt(() => unlockSecrets(data));
  print(`The secrets in ${data} are not locked any more. ${OUTPUTS_FOLLOW}`);
}

function nameOf(name: string): string {
  if (!/^[\w.-]{1,64}$/.test(name) || name === SETTINGS)
    throw new Failure(`"${name}" is no name for a key. Use letters, digits and _ . -, and not "${SETTINGS}".`, 2);
  return name;
}

/** The project that the options mean. @throws Failure */
async function placeOf({ data, config, project }: Options): Promise<Place> {
  process.umask(0o077);
  const { settingsOf } = await import('@selfsame/server');
  const { projects } = attempt(() => settingsOf(data, config));
  const one = project === undefined && projects.length === 1 ? projects[0] : projects.find(({ id }) => id === project);
  if (one !== undefined) {
    const { serverKey, signingSecret, previousSigningSecret } = one;
    return { data, project: one.id, serverKey, signingSecret, previousSigningSecret };
  }
  const ids = projects.map(({ id }) => id).join(', ');
  throw new Failure(
    project === undefined
      ? `The settings have several projects. Name one with --project: ${ids}`
      : `There is no project "${project}". Give the server's settings file with --config; these are known: ${ids}`,
    2,
  );
}

function attempt<T>(act: () => T): T {
  try {
    return act();
  } catch (cause) {
    throw dataFailure(cause);
  }
}
