import type { ServeOptions } from '@selfsame/server';
import { Command } from 'commander';
import { flag, wholeNumber } from '../flag.ts';
import { start } from '../start.ts';

/** `selfsame serve`: runs until SIGTERM or SIGINT. */
export function serveCommand(): Command {
  return new Command('serve')
    .description('Run the server.')
    .addOption(flag('--config <file>', 'settings file; without one, a ready project "demo"'))
    .addOption(flag('--data <dir>', 'where everything is kept', './data'))
    .addOption(
      flag(
        '--secrets-key-file <file>',
        'a key that locks the secrets in the data directory, kept outside of it; made if missing',
      ),
    )
    .addOption(flag('--port <n>', 'port; 0 takes a free one', 4400).argParser(wholeNumber(0, 65_535)))
    .addOption(flag('--host <host>', 'address to listen on', '127.0.0.1'))
    .addOption(flag('--store <url>', 'another store than the embedded one'))
    .addOption(flag('--columns <url>', 'other columns than the embedded ones'))
    .addOption(flag('--tls', 'serve HTTPS; makes a certificate for development unless given one'))
    .addOption(flag('--cert <file>', 'certificate, PEM'))
    .addOption(flag('--key <file>', 'its private key, PEM'))
    .addHelpText(
      'after',
      `
Examples:
  selfsame serve                                    a project "demo" on http://127.0.0.1:4400
  selfsame serve --config shop.json --data /var/lib/selfsame --host 0.0.0.0 --port 80
  SELFSAME_DATA=/srv/selfsame selfsame serve --tls`,
    )
    .action(async (options: ServeOptions) => {
      await start(options);
    });
}
