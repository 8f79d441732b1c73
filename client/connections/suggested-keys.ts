import { DEFAULT_METADATA_KEYS } from '../../settings/metadata-keys.ts';

/** Russian letters by the usual practice of transliteration; those of Ukrainian, Belarusian and Kazakh beside them. */
const LETTERS: Readonly<Record<string, string>> = {
  ...{ а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', е: 'e', ё: 'e', ж: 'zh', з: 'z', и: 'i', й: 'y', к: 'k', л: 'l' },
  ...{ м: 'm', н: 'n', о: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u', ф: 'f', х: 'kh', ц: 'ts', ч: 'ch', ш: 'sh' },
  ...{ щ: 'shch', ъ: '', ы: 'y', ь: '', э: 'e', ю: 'yu', я: 'ya' },
  ...{ і: 'i', ї: 'yi', є: 'ye', ґ: 'g', ў: 'u' },
  ...{ ә: 'a', ғ: 'g', қ: 'k', ң: 'n', ө: 'o', ұ: 'u', ү: 'u', һ: 'h' },
};

/** SpeechSense takes 100; the rest is room for a number. */
const MAX_LENGTH = 80;

/** A field's title as a SpeechSense key: `Дата звонка` → `data_zvonka`. Empty when it has no letter and no digit. */
export function transliterated(title: string): string {
  const latin = title
    .normalize('NFC')
    .toLowerCase()
    .replace(/\p{Script=Cyrillic}/gu, (letter) => LETTERS[letter] ?? '');
  const key = latin
    // Latin letters lose their accents.
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .slice(0, MAX_LENGTH)
    .replace(/^_+|_+$/g, '');
  return /^\d/.test(key) ? `field_${key}` : key;
}

/**
 * A key for each custom field, none twice and none that is taken. A field whose key an older one has, or an export fills
 * anyway, gets its id behind it. So neither a field that is added nor one that is deleted changes the keys of the others,
 * but for the one of the same title that was the next oldest.
 *
 * @param taken keys that are spoken for, beside those that every export fills.
 * @returns field id → key.
 */
export function suggestedKeys(fields: readonly { id: number; name: string }[], taken: Iterable<string>) {
  const used = new Set([...DEFAULT_METADATA_KEYS.map(({ key }) => key), ...taken]);
  const keys = new Map<number, string>();
  for (const { id, name } of fields.toSorted((one, other) => one.id - other.id)) {
    const plain = transliterated(name) || `cf_${id}`;
    let key = used.has(plain) ? `${plain}_${id}` : plain;
    for (let number = 2; used.has(key); number++) key = `${plain}_${id}_${number}`;
    used.add(key);
    keys.set(id, key);
  }
  return keys;
}
