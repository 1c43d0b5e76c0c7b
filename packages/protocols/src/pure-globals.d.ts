/** The pure globals that wires use, present in every runtime. Nothing here has a clock, chance or a network. */

declare class TextDecoder {
  constructor(encoding: 'utf-8', options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean });
  /** @throws TypeError for ill-formed input when `fatal`. */
  decode(bytes: Uint8Array): string;
}
