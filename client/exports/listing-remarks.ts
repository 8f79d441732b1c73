import type { Sentence } from '../../errors/codes.ts';
import type { ListingStatus } from './status.ts';

/** What a person should know of the listing; nothing of one without surprises. */
export function listingRemarks({
  crossCheck,
  unsorted,
  unknownOperators,
  unreadable,
  missingLists,
}: ListingStatus): Sentence[] {
  return [
    crossCheck.found > 0 && {
      en: `${crossCheck.found} calls were found only by amoCRM’s events: the cross-check caught what the listing had missed.`,
      ru: `Звонков, найденных только по событиям amoCRM: ${crossCheck.found} (сверка нашла то, что пропустил список).`,
    },
    crossCheck.deleted > 0 && {
      en: `${crossCheck.deleted} call notes have been deleted in amoCRM; a call that has no other note is not exported.`,
      ru: `Примечаний о звонках, удалённых в amoCRM: ${crossCheck.deleted}; звонок, от которого не осталось других примечаний, не выгружается.`,
    },
    crossCheck.state === 'refused' && {
      en: 'amoCRM does not give its events to this token, or not so that they can be read: the list of calls was not cross-checked (to the end).',
      ru: 'amoCRM не отдаёт события этому токену, или прочитать их нельзя: список звонков не сверен (или не до конца).',
    },
    unsorted > 0 && {
      en: `${unsorted} calls hang on unsorted leads.`,
      ru: `Звонков из неразобранного: ${unsorted}.`,
    },
    unknownOperators > 0 && {
      en: `Who talked in ${unknownOperators} calls cannot be told; they are exported with an unknown operator, or, where users are chosen, not exported.`,
      ru: `Звонков, у которых не определить оператора: ${unknownOperators}; они выгружаются с неизвестным оператором, а если выбраны сотрудники, не выгружаются.`,
    },
    unreadable.notes > 0 && {
      en: `${unreadable.notes} call notes cannot be read and are not among the calls: ${named(unreadable)}.`,
      ru: `Примечаний о звонках, которые не читаются и не вошли в список: ${unreadable.notes} (${named(unreadable)}).`,
    },
    missingLists.length > 0 && {
      en: `amoCRM does not give these lists of the account: ${missingLists.join(', ')}. What they name on cards is left out; once they come again, an export with re-export fills it in.`,
      ru: `amoCRM не отдаёт списки аккаунта: ${missingLists.join(', ')}. Названия из них в карточках пропущены; когда списки появятся, их заполнит выгрузка с повторной отправкой.`,
    },
  ].filter((remark) => remark !== false);
}

function named({ notes, named: names }: ListingStatus['unreadable']): string {
  return `${names.join('; ')}${notes > names.length ? '; …' : ''}`;
}
