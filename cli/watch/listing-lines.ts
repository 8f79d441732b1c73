import type { Sentence } from '../../errors/codes.ts';
import type { ListingStatus } from '../../client/exports/status.ts';
import { count } from '../terminal/amounts.ts';
import type { Language } from '../terminal/language.ts';

/** What a listing reads, as people call it. */
const SOURCES: Partial<Record<string, Sentence>> = {
  contacts: { en: 'contacts', ru: 'контакты' },
  leads: { en: 'deals', ru: 'сделки' },
  companies: { en: 'companies', ru: 'компании' },
  customers: { en: 'customers', ru: 'покупатели' },
  unsorted: { en: 'unsorted leads', ru: 'неразобранное' },
  events: { en: 'events, to cross-check', ru: 'события, для сверки' },
};

/** `contacts, edited up to 2026-11-14, 12 pages`: where the listing is; undefined before it begins. */
export function listingText({ source, reachedAt, pages }: ListingStatus, language: Language): string | undefined {
  if (source === null) return undefined;
  const upTo = { en: 'edited up to', ru: 'изменённые до' }[language];
  return [
    SOURCES[source]?.[language] ?? source,
    ...(reachedAt === null ? [] : [`${upTo} ${reachedAt.slice(0, 10)}`]),
    `${count(pages, language)} ${{ en: 'pages', ru: 'страниц' }[language]}`,
  ].join(', ');
}
