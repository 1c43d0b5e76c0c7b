import { intake, Turn } from '@selfsame/store';

/** So much is put together at once, bytes: it takes less than waiting for a turn. */
const SHORT = 64 * 1_024;

/**
 * The parts of a body one after another, bytes, a long one's a turn of the event loop at a time: memory for ten megabytes
 * alone, which the system fills with zeros as it is first written to, may take tens of milliseconds.
 */
export async function joined(
  parts: readonly Uint8Array[],
  turn: Pick<Turn, 'isOver' | 'next'> = new Turn(intake),
): Promise<Uint8Array> {
  const size = parts.reduce((sum, { length }) => sum + length, 0);
  if (size <= SHORT) return Buffer.concat(parts, size);
  const whole = Buffer.allocUnsafeSlow(size);
  let at = 0;
  for (const part of parts) {
    if (turn.isOver) await turn.next();
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
