import type { Sentence } from './codes.ts';

/** Why a call of the period is not sent, in the order in which they are looked at: the first that applies is given. */
export const SKIP_REASONS = [
  'not_answered',
  'other_direction',
  'other_user',
  'too_short',
  'too_long',
  'already_exported',
] as const;
export type SkipReason = (typeof SKIP_REASONS)[number];

/** Why a call could not be sent. New ones may be added; none is renamed. */
export const FAILURE_REASONS = [
  'note_unreadable',
  'recording_missing',
  'recording_expired',
  'recording_forbidden',
  'recording_unreachable',
  'recording_host_forbidden',
  'recording_not_audio',
  'recording_empty',
  'recording_too_large',
  'recording_too_long',
  'recording_truncated',
  'audio_unsupported',
  'conversion_failed',
  'metadata_rejected',
  'rejected_by_speechsense',
  'not_stored',
  'internal_error',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** Why a call waits. */
export const WAITING_REASONS = ['recording_not_ready', 'recording_not_found', 'telephony_away'] as const;
export type WaitingReason = (typeof WAITING_REASONS)[number];

/** Why nobody can tell whether SpeechSense has the call. */
export const UNCONFIRMED_REASONS = ['answer_lost', 'talk_not_found', 'talk_ambiguous'] as const;
export type UnconfirmedReason = (typeof UNCONFIRMED_REASONS)[number];

export type Reason = SkipReason | FailureReason | WaitingReason | UnconfirmedReason;

/** What each reason means, for the report and the progress. */
export const REASON_SENTENCES: Record<Reason, Sentence> = {
  not_answered: {
    en: 'nobody talked: no duration and no recording',
    ru: 'разговора не было: нет длительности и записи',
  },
  other_direction: { en: 'the other direction was chosen', ru: 'выбрано другое направление' },
  other_user: { en: 'of a user that was not chosen', ru: 'звонок не выбранного пользователя' },
  too_short: { en: 'shorter than the minimum', ru: 'короче минимума' },
  too_long: { en: 'longer than the maximum', ru: 'длиннее максимума' },
  already_exported: { en: 'already in this SpeechSense connection', ru: 'уже отправлен в это подключение' },
  recording_not_ready: {
    en: 'the telephony has not attached the recording yet',
    ru: 'телефония ещё не приложила запись',
  },
  recording_not_found: {
    en: 'nothing is at the link of this recent call: its recording is not ready yet, or the link has expired already',
    ru: 'по ссылке свежего звонка ничего нет: запись ещё не готова или ссылка уже истекла',
  },
  telephony_away: {
    en: 'the telephony server is down or asks for a pause; tried again at the end of the export',
    ru: 'сервер телефонии не отвечает или просит паузу; попытка повторится в конце выгрузки',
  },
  answer_lost: {
    en: 'sent whole, but the answer was lost; its talk is looked for in SpeechSense',
    ru: 'отправлен целиком, но ответ потерян; разговор ищется в SpeechSense',
  },
  talk_not_found: {
    en: 'sent whole, the answer was lost, and its talk was not found in time, which does not prove that it is not there; an export of its period an hour or two later finds out, `retry --unconfirmed` sends it once more',
    ru: 'отправлен целиком, ответ потерян, разговор вовремя не нашёлся, но это не доказывает, что его нет; выгрузка того же периода через час-два это выяснит, `retry --unconfirmed` отправит ещё раз',
  },
  talk_ambiguous: {
    en: 'sent whole, the answer was lost, and several calls look like the talk that was found: add the key call_id to the connection to tell them apart; `retry --unconfirmed` sends it once more',
    ru: 'отправлен целиком, ответ потерян, а на найденный разговор похожи несколько звонков: добавьте в подключение ключ call_id, чтобы их различать; `retry --unconfirmed` отправит ещё раз',
  },
  note_unreadable: { en: 'the call note cannot be read', ru: 'примечание о звонке не читается' },
  recording_missing: { en: 'there is no recording', ru: 'записи нет' },
  recording_expired: { en: 'the recording is gone from its link', ru: 'записи больше нет по ссылке' },
  recording_forbidden: { en: 'the telephony does not give the recording out', ru: 'телефония не отдаёт запись' },
  recording_unreachable: { en: 'the telephony server does not answer', ru: 'сервер телефонии не отвечает' },
  recording_host_forbidden: { en: 'the link leads to a forbidden address', ru: 'ссылка ведёт на недопустимый адрес' },
  recording_not_audio: { en: 'the link returns something else than audio', ru: 'по ссылке не аудио' },
  recording_empty: { en: 'the recording holds no sound', ru: 'в записи нет звука' },
  recording_too_large: { en: 'the recording is too large', ru: 'запись слишком большая' },
  recording_too_long: { en: 'the recording is longer than 4 hours', ru: 'запись длиннее 4 часов' },
  recording_truncated: { en: 'the recording breaks off', ru: 'запись обрывается' },
  audio_unsupported: {
    en: 'SpeechSense does not take this audio format, and there is no ffmpeg to convert it: install it for the worker',
    ru: 'SpeechSense не принимает этот формат, а ffmpeg для преобразования нет: установите его для worker',
  },
  conversion_failed: {
    en: 'SpeechSense does not take this audio format, and ffmpeg could not convert it',
    ru: 'SpeechSense не принимает этот формат, и ffmpeg не смог его преобразовать',
  },
  metadata_rejected: { en: 'SpeechSense rejected the metadata', ru: 'SpeechSense отклонил метаданные' },
  internal_error: { en: 'a defect of this program stopped it', ru: 'помешала ошибка программы' },
  not_stored: {
    en: 'SpeechSense took the recording several times, never answered and has no talk of it',
    ru: 'SpeechSense несколько раз принял запись, но не ответил, и разговора у него нет',
  },
  rejected_by_speechsense: { en: 'SpeechSense rejected the recording', ru: 'SpeechSense отклонил запись' },
};

/** What a reason means; a newer version's unknown one says nothing more. */
export function reasonSentence(reason: string, language: keyof Sentence): string {
  const sentences: Partial<Record<string, Sentence>> = REASON_SENTENCES;
  return sentences[reason]?.[language] ?? '';
}
