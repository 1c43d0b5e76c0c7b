/** The pure globals that wires use, present in every runtime. Nothing here has a clock, chance or a network. */

declare class TextDecoder {
  constructor(encoding: 'utf-8', options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean });
  /** @throws TypeError for ill-formed input when `fatal`. */
  decode(bytes: Uint8Array): string;
}

/** The bytes of base64 text, one character of U+0000–U+00FF a byte. @throws DOMException when it is not base64. */
declare function atob(base64: string): string;

declare class TextEncoder {
  encode(text: string): Uint8Array;
}

/** What the parts of a web address are. */
declare class URL {
  /** Null where the text is no address. */
  static parse(text: string): URL | null;
  /** Scheme, host and port; `null`, the word, where the scheme has no host. */
  readonly origin: string;
}
