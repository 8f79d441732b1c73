import type { CallNote } from './call-note.ts';
import { cardLink } from '../cards/entity-values.ts';
import { localTime } from '../cards/local-time.ts';
import { toE164 } from './phone.ts';

/** A call as its notes tell it, who talked, and where its account is. */
export interface CallFacts extends Pick<
  CallNote,
  'noteId' | 'uniq' | 'source' | 'direction' | 'talkSeconds' | 'phone' | 'result' | 'status' | 'entityType' | 'entityId'
> {
  startedAt: Date;
  operatorId: number | null;
  operatorName: string | null;
  operatorGroup: string | null;
  host: string;
  timeZone: string;
  country: string | null;
}

/** The call's own fields, by the names that a mapping gives them. */
const CALL_VALUES: Record<string, (call: CallFacts) => string | number | null> = {
  id: ({ noteId }) => noteId,
  uniq: ({ uniq }) => uniq,
  source: ({ source }) => source,
  created_at: ({ startedAt, timeZone }) => localTime(startedAt, timeZone),
  direction: ({ direction }) => direction,
  duration: ({ talkSeconds }) => talkSeconds,
  phone: ({ phone }) => phone,
  phone_e164: ({ phone, country }) => (phone === null ? null : toE164(phone, country)),
  result: ({ result }) => result,
  status: ({ status }) => status,
  status_name: ({ status }) => (status === null ? null : (STATUS_NAMES[status] ?? null)),
  operator: ({ operatorName }) => operatorName,
  operator_id: ({ operatorId }) => operatorId,
  operator_group: ({ operatorGroup }) => operatorGroup,
  entity_type: ({ entityType }) => entityType,
  entity_id: ({ entityId }) => entityId,
  card_link: ({ host, entityType, entityId }) => cardLink(host, entityType, entityId),
};

/** amoCRM's `call_status`, as its cards name them. */
const STATUS_NAMES: Readonly<Record<number, string>> = {
  1: 'Оставил сообщение',
  2: 'Перезвонить позже',
  3: 'Нет на месте',
  4: 'Разговор состоялся',
  5: 'Неверный номер',
  6: 'Не дозвонился',
  7: 'Номер занят',
};

/** A field of a call as text; null when the call has no such value, or nobody knows the field (any more). */
export function callText(key: string, call: CallFacts): string | null {
  const value = Object.hasOwn(CALL_VALUES, key) ? CALL_VALUES[key]?.(call) : null;
  return value === null || value === undefined ? null : String(value);
}
