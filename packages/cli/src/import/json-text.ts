/** Reads JSON; whole numbers that JavaScript would round keep their digits, as text (S19). @throws SyntaxError */
export const parseJson = (text: string): unknown => JSON.parse(text, keepDigits as Parameters<typeof JSON.parse>[1]);

const keepDigits = (_key: string, value: unknown, { source }: { readonly source?: string } = {}): unknown =>
  typeof value === 'number' && source !== undefined ? exactOr(source, value) : value;

/** A number, or how it was spelled where the number is another: too long to be exact, or beyond what there is (1e400). */
export const exactOr = (source: string, value: number): number | string =>
  !Number.isFinite(value) || (/^-?\d+$/.test(source) && !Number.isSafeInteger(value)) ? source : value;
