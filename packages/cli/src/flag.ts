import { InvalidArgumentError, Option } from 'commander';

/** An option that can also be given as `SELFSAME_…` in the environment: `--server-key <key>` is `SELFSAME_SERVER_KEY`. */
export function flag(flags: string, description: string, standard?: string | number): Option {
  const option = new Option(flags, description);
  option.env(`SELFSAME_${option.name().replaceAll('-', '_').toUpperCase()}`);
  return standard === undefined ? option : option.default(standard);
}

/** Reads a whole number between two bounds, both allowed. @throws InvalidArgumentError, which commander explains. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text) || value < min || value > max)
      throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
    return value;
  };
}

/** Reads a position of the log or a moment, and leaves it to the server which. @throws InvalidArgumentError, which commander explains. */
export function positionOrMoment(text: string): string {
  if (!/^\d+$/.test(text) && (!/^\d{4}-/.test(text) || Number.isNaN(Date.parse(text))))
    throw new InvalidArgumentError('It must be a position of the log, or a moment such as 2026-11-28T10:15:00Z.');
  return text;
}
