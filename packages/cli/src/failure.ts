/** What went wrong, in a sentence that says what to do next. Shown without a stack: it is news, not a bug. */
export class Failure extends Error {
  readonly exitCode: number;
  /** `exitCode` 1: it did not work, or something was found · 2: it was asked for in a wrong way. */
  constructor(message: string, exitCode: 1 | 2 = 1, options?: ErrorOptions) {
    super(message, options);
    this.name = 'Failure';
    this.exitCode = exitCode;
  }
}
