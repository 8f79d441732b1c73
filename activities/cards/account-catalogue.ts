import { readCustomFields, readLossReasons, readPipelines } from '../../amocrm/cards/catalogue.ts';
import type { ValueContext } from '../../amocrm/cards/entity-values.ts';
import type { AmocrmHttp } from '../../amocrm/http/http.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { CataloguePart, CatalogueParts } from '../../ledger/accounts/catalogues.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { customFieldId } from '../../settings/card-fields.ts';
import type { NeededFields } from './call-entities.ts';
import { goesOnWithout } from '../listing/dispensable-list.ts';

interface Reading {
  ledger: Ledger;
  account: Account;
  http: AmocrmHttp;
  exportId: string;
  /** Which try of the step this is. */
  attempt: number;
  /** What was read before is read again. */
  readSince: Date;
  now: () => Promise<Date>;
}

/** What the ids on cards stand for, as far as the mapped fields need it; each part is read once an export. */
export async function valueContext(reading: Reading, needed: NeededFields): Promise<ValueContext> {
  const { ledger, account, http } = reading;
  const part = <Part extends CataloguePart>(
    name: Part,
    isNeeded: boolean,
    read: () => Promise<CatalogueParts[Part]>,
  ) => (isNeeded ? partOf(reading, name, read) : undefined);
  const hasCustom = (keys: readonly string[]) => keys.some((key) => customFieldId(key) !== undefined);

  const pipelines = await part(
    'pipelines',
    needed.deal.some((key) => key === 'pipeline' || key === 'status'),
    () => readPipelines(http),
  );
  const lossReasons = await part('loss_reasons', needed.deal.includes('loss_reason'), () => readLossReasons(http));
  const fields = [
    await part('lead_fields', hasCustom(needed.deal), () => readCustomFields(http, 'lead')),
    await part('contact_fields', hasCustom(needed.contact), () => readCustomFields(http, 'contact')),
    await part('company_fields', hasCustom(needed.company), () => readCustomFields(http, 'company')),
  ];
  return {
    host: account.host,
    timeZone: account.timeZone,
    country: account.country,
    users: new Map((await ledger.users.list(account.accountId)).map((user) => [user.id, user])),
    pipelines: pipelines ?? [],
    lossReasons: new Map((lossReasons ?? []).map(({ id, name }) => [id, name])),
    options: new Map(
      fields.flatMap((list) => list ?? []).flatMap(({ options }) => options.map(({ id, name }) => [id, name])),
    ),
  };
}

async function partOf<Part extends CataloguePart>(
  { ledger, account, http, exportId, attempt, readSince, now }: Reading,
  part: Part,
  read: () => Promise<CatalogueParts[Part]>,
): Promise<CatalogueParts[Part] | undefined> {
  const known = await ledger.catalogues.read(account.accountId, part, readSince);
  if (known) return known;
  const isGivenUp = await ledger.listings.isMissing(exportId, part);
  try {
    const content = await read();
    await ledger.catalogues.put(account.accountId, part, content, await now());
    return content;
  } catch (error) {
    // What was waited for once in an export is not waited for again with every batch.
    if (!(await goesOnWithout(http, error, isGivenUp ? Infinity : attempt))) throw error;
    await ledger.listings.remark(exportId, 'missing_list', [part]);
    return undefined;
  }
}
