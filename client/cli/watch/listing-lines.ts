import type { Sentence } from '../../../errors/codes.ts';
import type { ListingStatus } from '../../status.ts';
import { count } from '../amounts.ts';
import type { Language } from '../language.ts';

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

/** What a person should know of the listing; nothing of one without surprises. */
export function listingRemarks({ crossCheck, unsorted, unknownOperators, unreadable }: ListingStatus): Sentence[] {
  return [
    crossCheck.found > 0 && {
      en: `${crossCheck.found} calls were found only by amoCRM’s events: the cross-check caught what the listing had missed.`,
      ru: `Звонков, найденных только по событиям amoCRM: ${crossCheck.found} (сверка нашла то, что пропустил список).`,
    },
    crossCheck.deleted > 0 && {
      en: `${crossCheck.deleted} calls have been deleted in amoCRM since they were noted; they are not exported.`,
      ru: `Звонков, удалённых в amoCRM: ${crossCheck.deleted}; они не выгружаются.`,
    },
    crossCheck.state === 'refused' && {
      en: 'amoCRM does not give its events to this token: the list of calls was not cross-checked.',
      ru: 'amoCRM не отдаёт события этому токену: список звонков не сверен.',
    },
    unsorted > 0 && {
      en: `${unsorted} calls hang on unsorted leads.`,
      ru: `Звонков из неразобранного: ${unsorted}.`,
    },
    unknownOperators > 0 && {
      en: `Nobody can tell who talked in ${unknownOperators} calls; they are exported with an unknown operator.`,
      ru: `Звонков, у которых не определить оператора: ${unknownOperators}; они выгружаются с неизвестным оператором.`,
    },
    unreadable.notes > 0 && {
      en: `${unreadable.notes} call notes cannot be read and are not among the calls: ${named(unreadable)}.`,
      ru: `Примечаний о звонках, которые не читаются и не вошли в список: ${unreadable.notes} (${named(unreadable)}).`,
    },
  ].filter((remark) => remark !== false);
}

function named({ notes, named: names }: ListingStatus['unreadable']): string {
  return `${names.join('; ')}${notes > names.length ? '; …' : ''}`;
}
