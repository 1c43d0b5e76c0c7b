/**
 * Writes a line. Text from strangers goes to a terminal without its control characters, which could move the cursor or
 * worse (S34); line breaks stay.
 */
export function print(text: string): void {
  process.stdout.write(`${text.replace(/(?!\n)\p{Cc}/gu, '\ufffd')}\n`);
}
