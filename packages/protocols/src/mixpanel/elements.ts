/**
 * The texts of the elements of an array, of valid JSON; undefined when it is no array. For a batch in which
 * something is too deep or too large: each element is then judged alone, and its neighbours are not lost.
 * Stops after `most` elements.
 */
export function elementTexts(text: string, most: number): readonly string[] | undefined {
  const start = text.search(/\S/);
  if (text[start] !== '[') return undefined;
  const found: string[] = [];
  let depth = 0;
  let begin = start + 1;
  for (let at = start; at < text.length && found.length < most; at++) {
    const sign = text[at];
    if (sign === '"') at = closingQuote(text, at);
    else if (sign === '[' || sign === '{') depth += 1;
    else if (sign === ']' || sign === '}') depth -= 1;
    if ((sign === ',' && depth === 1) || depth === 0) {
      const element = text.slice(begin, at);
      if (element.trim() !== '') found.push(element);
      if (depth === 0) break;
      begin = at + 1;
    }
  }
  return found;
}

function closingQuote(text: string, open: number): number {
  let at = open + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** The lines of a text that are not blank, at most `most` of them. */
export function lineTexts(text: string, most: number): readonly string[] {
  const found: string[] = [];
  for (let at = 0; found.length < most; ) {
    while (text.charCodeAt(at) <= SPACE) at += 1;
    if (at >= text.length) break;
    const end = text.indexOf('\n', at);
    found.push(text.slice(at, end < 0 ? text.length : end));
    at = end < 0 ? text.length : end + 1;
  }
  return found;
}

const SPACE = 32;
