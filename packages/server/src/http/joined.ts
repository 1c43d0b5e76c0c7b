import { intake, Turn } from '@selfsame/store';

/**
 * The parts of a body one after another, bytes, a turn of the event loop at a time: memory for ten megabytes alone, which
 * the system fills with zeros as it is first written to, may take tens of milliseconds.
 */
export async function joined(
  parts: readonly Uint8Array[],
  turn: Pick<Turn, 'isOver' | 'next'> = new Turn(intake),
): Promise<Uint8Array> {
  const whole = Buffer.allocUnsafeSlow(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    if (turn.isOver) await turn.next();
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
