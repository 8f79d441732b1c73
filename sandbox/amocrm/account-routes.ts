import { DateTime } from 'luxon';
import { GROUPS } from '../world/operators.ts';
import type { Account } from './account.ts';
import { type Answer, hal } from './answers.ts';
import { stringsAt } from './filters.ts';
import { href } from './paging.ts';
import type { ApiRequest } from './request.ts';
import type { Route } from './route.ts';

/** `GET /account`: most of it only when `with` asks for it. */
export function accountRoutes(account: Account): Route[] {
  return [{ method: 'GET', path: '/api/v4/account', handle: (request) => accountAnswer(account, request) }];
}

function accountAnswer(account: Account, request: ApiRequest): Answer {
  const { identity, world } = account;
  const asked = stringsAt(request.query, 'with') ?? new Set<string>();
  const only = <T>(name: string, value: T) => (asked.has(name) ? { [name]: value } : {});
  const embedded = {
    ...only('amojo_rights', { can_direct: true, can_create_groups: true }),
    ...only(
      'users_groups',
      GROUPS.map((group) => ({ ...group, uuid: null })),
    ),
    ...only('task_types', [
      { id: 1, name: 'Связаться', color: null, icon_id: null, code: 'FOLLOW_UP' },
      { id: 2, name: 'Встреча', color: null, icon_id: null, code: 'MEETING' },
    ]),
    ...only('datetime_settings', {
      date_pattern: 'd.m.Y H:i',
      short_date_pattern: 'd.m.Y',
      short_time_pattern: 'H:i',
      // The documentation's own spelling.
      date_formant: 'd.m.Y',
      time_format: 'H:i:s',
      timezone: world.timeZone,
      timezone_offset: DateTime.fromMillis(account.clock.nowMs(), { zone: world.timeZone }).toFormat('ZZ'),
    }),
  };
  return hal({
    id: identity.accountId,
    name: 'Песочница',
    subdomain: account.domain.subdomain,
    current_user_id: world.operators[0].id,
    country: 'RU',
    customers_mode: world.customersOn ? 'segments' : 'disabled',
    is_unsorted_on: true,
    is_loss_reason_enabled: true,
    is_helpbot_enabled: false,
    is_technical_account: false,
    contact_name_display_order: 1,
    ...only('is_api_filter_enabled', account.switches.apiFilter),
    ...only('amojo_id', 'f3c6340d-410e-4ad1-9f7e-c5e663599909'),
    ...only('uuid', '824f3a59-6154-4edf-ba90-0b5593715d07'),
    ...only('drive_url', 'https://drive-b.amocrm.ru'),
    ...only('version', 16),
    ...only('entity_names', { leads: ENTITY_NAMES }),
    _links: { self: href(`${request.origin}/api/v4/account`) },
    ...(Object.keys(embedded).length === 0 ? {} : { _embedded: embedded }),
  });
}

const ENTITY_NAMES = {
  ru: { gender: 'f', singular_form: { default: 'сделка' }, plural_form: { default: 'сделки' } },
  en: { gender: 'f', singular_form: { default: 'lead' }, plural_form: { default: 'leads' } },
};
