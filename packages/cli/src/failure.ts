/** What went wrong, in a sentence that says what to do next. Shown without a stack: it is news, not a bug. */
export class Failure extends Error {
  readonly exitCode: 1 | 2 | 4;
  /** `exitCode` 1: it did not work, or something was found · 2: it was asked for in a wrong way · 4: no answer, where 1 is one. */
  constructor(message: string, exitCode: 1 | 2 | 4 = 1, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
    this.exitCode = exitCode;
  }
}

/** That a file cannot be written, which somebody named as the place for an outcome. */
export const unwritable = (file: string, cause: unknown): Failure =>
  new Failure(`${file} cannot be written: ${(cause as Error).message}`, 2, { cause });
