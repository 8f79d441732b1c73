const NAMED: Readonly<Record<string, string>> = {
  amp: '&',
  quot: '"',
  apos: "'",
  lt: '<',
  gt: '>',
  nbsp: ' ',
  shy: '',
};
/** Written by a form, a page and an API, a link may have been encoded once by each of them. */
const MAX_ENCODINGS = 3;

/** Zero-width characters, marks of direction and order, soft hyphens, empty letters: pasted along with a link, seen by nobody. */
const INVISIBLE = /[\p{Cf}\u115f\u1160\u3164\uffa0]|\p{Variation_Selector}|\u034f/gu;

/** A text as a person sees it: HTML's entities decoded, invisible characters gone, spaces of all kinds plain. */
export function plainText(text: string): string {
  let plain = text;
  for (let time = 0; time < MAX_ENCODINGS && plain.includes('&'); time++) plain = withoutEntities(plain);
  return plain
    .replace(INVISIBLE, '')
    .replace(/[\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/g, ' ')
    .replaceAll('\\/', '/')
    .trim();
}

/** Those that end in a semicolon: `&copy=1` is a parameter of a query. */
function withoutEntities(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|([a-z]{2,4}));/gi, (entity, decimal, hexadecimal, name) => {
    if (typeof name === 'string') return NAMED[name.toLowerCase()] ?? entity;
    const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hexadecimal), 16);
    return code > 0 && code <= 0x10_ff_ff ? String.fromCodePoint(code) : entity;
  });
}
