import { DateTime } from 'luxon';
import { z } from 'zod';
import { ExportError } from '../../errors/export-error.ts';
import type { AmocrmHttp } from '../http/http.ts';
import { lenientGroupId, lenientList, lenientText } from '../http/lenient.ts';

const accountSchema = z.looseObject({
  id: z.coerce.number().int(),
  name: lenientText,
  country: lenientText,
  is_api_filter_enabled: z.boolean().catch(false),
  timezone: z.string().optional().catch(undefined),
  _embedded: z
    .looseObject({
      datetime_settings: z
        .looseObject({ timezone: z.string().optional().catch(undefined) })
        .optional()
        .catch(undefined),
      users_groups: lenientList(z.looseObject({ id: lenientGroupId, name: lenientText })),
    })
    .optional()
    .catch(undefined),
});

export interface AmocrmAccount {
  accountId: number;
  name: string;
  /** IANA name of the account's time zone, or an offset such as `UTC+3`. */
  timeZone: string;
  /** The paid option without which `filter[id]` on entities is silently ignored. */
  isApiFilterEnabled: boolean;
  /** In which its phones are dialled, ISO 3166-1 alpha-2; null where it names none. */
  country: string | null;
  /** Names of its departments by id. */
  groups: ReadonlyMap<number, string>;
}

/** Where amoCRM does not say (or says something unknown), its home zone. */
const DEFAULT_TIME_ZONE = 'Europe/Moscow';

/** Reads the account that the token belongs to. */
export async function readAccount(http: AmocrmHttp): Promise<AmocrmAccount> {
  const account = await http.get(
    '/account',
    { with: 'datetime_settings,is_api_filter_enabled,users_groups' },
    accountSchema,
  );
  if (!account) throw new ExportError('amocrm_bad_answer', { values: { what: '/account (empty)' } });
  const named = account._embedded?.datetime_settings?.timezone ?? account.timezone;
  return {
    accountId: account.id,
    name: account.name ?? '',
    timeZone: named !== undefined && isTimeZone(named) ? named : DEFAULT_TIME_ZONE,
    isApiFilterEnabled: account.is_api_filter_enabled,
    country: account.country !== null && /^[a-z]{2}$/i.test(account.country) ? account.country.toUpperCase() : null,
    groups: new Map(
      (account._embedded?.users_groups ?? []).flatMap(({ id, name }) => (name === null ? [] : [[id, name]])),
    ),
  };
}

/** An IANA name, or an offset such as `UTC+3`. */
function isTimeZone(name: string): boolean {
  return DateTime.utc().setZone(name).isValid;
}
