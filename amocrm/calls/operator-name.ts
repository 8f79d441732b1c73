/** `101 - `, `+7 495 123-45-67 - ` in front of a name. */
const NUMBER_BEFORE = /^[\s\p{P}\p{S}]*\d[\d\s()+.-]*[\s\p{P}\p{S}]+(?=\p{L})/u;
/** `(101)`, `101`, `доб. 101`, `#101` behind a name. */
const EXTENSION = /[\s\p{P}\p{S}]+(?:(?:доб|внутр?|вн|ext)[\s.]*)?\d{2,6}[\s\p{P}\p{S}]*$/u;

/**
 * A person's name as it is compared: letters and digits only, small, `ё` as `е`, in any order, since telephonies put the
 * surname first, write in capitals or leave no-break and zero-width spaces behind. A hyphen parts no name.
 */
export function nameKeys(name: string): { whole: string; withoutExtension: string } {
  const plain = name
    .normalize('NFKC')
    .replace(/\p{Cf}/gu, '')
    .toLowerCase()
    .replaceAll('ё', 'е');
  return { whole: keyOf(plain), withoutExtension: keyOf(plain.replace(NUMBER_BEFORE, '').replace(EXTENSION, '')) };
}

function keyOf(name: string): string {
  return (name.match(/[\p{L}\p{M}\p{N}]+(?:[-‐‑][\p{L}\p{M}\p{N}]+)*/gu) ?? []).toSorted().join(' ');
}
