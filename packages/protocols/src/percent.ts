import { STEP, type Steps } from './json/steps.ts';

/**
 * Percent-encoded text in which an encoder took each half of a character for one, with the characters whole again. Each
 * costs little, for there may be a megabyte of them.
 */
export const withWholeCharacters = (encoded: string): string =>
  /%ed%[ab]/i.test(encoded)
    ? encoded
        .replace(
          /%ed%(a[\da-f])%([89ab][\da-f])%ed%(b[\da-f])%([89ab][\da-f])/gi,
          (_, a: string, b: string, c: string, d: string) =>
            encodeURIComponent(String.fromCharCode(half(a, b), half(c, d))),
        )
        .replace(/%ed%[ab][\da-f]%[89ab][\da-f]/gi, NO_CHARACTER)
    : encoded;

/** What stands for half a character whose other half is missing. */
const NO_CHARACTER = '%EF%BF%BD';

/** Half a character, by the last two of the three bytes it was taken for. */
const half = (second: string, third: string): number =>
  0xd000 + ((Number.parseInt(second, 16) & 0x3f) << 6) + (Number.parseInt(third, 16) & 0x3f);

/** Text without its percent-encoding, characters whole; as sent, where that is broken. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(withWholeCharacters(text));
  } catch {
    return text;
  }
}

const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

/** The bytes of a form's value: as sent where its percent-encoding is broken. What they spell is for others to find out. */
export function* decodePercentBytes(form: Uint8Array): Steps<Uint8Array> {
  const bytes = new Uint8Array(form.length);
  let size = 0;
  let rested = 0;
  for (let at = 0; at < form.length; at++) {
    if (at - rested > STEP) {
      rested = at;
      yield;
    }
    const byte = form[at] as number;
    const escaped = byte === PERCENT ? byteOf(form[at + 1], form[at + 2]) : undefined;
    bytes[size++] = escaped ?? (byte === PLUS ? SPACE : byte);
    if (escaped !== undefined) at += 2;
  }
  return bytes.subarray(0, size);
}

function byteOf(high = 0, low = 0): number | undefined {
  const [first, second] = [digit(high), digit(low)];
  return first === undefined || second === undefined ? undefined : first * 16 + second;
}

/** What a hexadecimal digit stands for. */
function digit(sign: number): number | undefined {
  if (sign >= 0x30 && sign <= 0x39) return sign - 0x30;
  const letter = sign | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : undefined;
}
