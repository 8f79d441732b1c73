import type { Sentence } from '../../errors/codes.ts';
import type { ExportState } from '../../ledger/schema.ts';

/** The states of an export as people read them. */
export const STATES: Record<ExportState, Sentence> = {
  planning: { en: 'planning', ru: 'составляет план' },
  transferring: { en: 'transferring', ru: 'передаёт звонки' },
  settling: { en: 'settling', ru: 'подбирает остатки' },
  blocked: { en: 'blocked', ru: 'приостановлена' },
  stopping: { en: 'stopping', ru: 'останавливается' },
  completed: { en: 'completed', ru: 'завершена' },
  stopped: { en: 'stopped', ru: 'остановлена' },
  failed: { en: 'failed', ru: 'прервана ошибкой' },
};

/** What calls are counted by, in the order in which they are shown. */
export const ENDS = {
  exported: { en: 'exported', ru: 'отправлено' },
  failed: { en: 'failed', ru: 'не отправлено' },
  waiting: { en: 'waiting', ru: 'ждут запись' },
  unconfirmed: { en: 'unconfirmed', ru: 'без подтверждения' },
  remaining: { en: 'remaining', ru: 'осталось' },
} as const satisfies Record<string, Sentence>;

export const WORDS = {
  export: { en: 'Export', ru: 'Выгрузка' },
  calls: { en: 'Calls', ru: 'Звонки' },
  listing: { en: 'Reading', ru: 'Читает' },
  talk: { en: 'Talk', ru: 'Разговоры' },
  sent: { en: 'Sent', ru: 'Передано' },
  states: { en: 'States', ru: 'Состояния' },
  skipped: { en: 'Skipped', ru: 'Пропущено' },
  failed: { en: 'Failed', ru: 'Не отправлено' },
  latest: { en: 'Latest', ru: 'Последние' },
  note: { en: 'note', ru: 'примечание' },
  found: { en: 'found', ru: 'найдено' },
  planned: { en: 'planned', ru: 'к отправке' },
  skippedCount: { en: 'skipped', ru: 'пропущено' },
  left: { en: 'left', ru: 'ещё' },
  perSecond: { en: '/s', ru: '/с' },
  callsPerSecond: { en: 'calls/s', ru: 'зв./с' },
  droppedKeys: {
    en: 'keys that the SpeechSense connection does not have and so did not keep (add them to the connection)',
    ru: 'ключей нет в подключении SpeechSense, и они не сохранились (добавьте их в подключение)',
  },
  of: { en: 'of', ru: 'из' },
} as const satisfies Record<string, Sentence>;
