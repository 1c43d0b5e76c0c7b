import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../src/program.ts';

const leaves = (command: Command): readonly Command[] =>
  command.commands.length === 0 ? [command] : command.commands.flatMap(leaves);
const commands = leaves(createProgram()).map((command) => [command.name(), command] as const);

/** What `--help` writes. */
function help(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

it.each([createProgram(), ...createProgram().commands].map((command) => [command.name(), command] as const))(
  '%s has an example in its help',
  (_name, command) => {
    expect(help(command)).toMatch(/Examples?:\n {2}.*selfsame /);
  },
);

describe('every command', () => {
  it.each(commands)('%s says what it does, with an example that begins as the shell wants it', (_name, command) => {
    expect(help(command)).toMatch(/Examples?:\n {2}.*selfsame /);
    expect(command.description()).toMatch(/^[A-Z].*\.$/);
  });

  it.each(commands)('%s takes every option from the environment too', (_name, command) => {
    for (const option of command.options)
      expect(option.envVar).toBe(`SELFSAME_${option.long?.slice(2).replaceAll('-', '_').toUpperCase()}`);
  });
});
