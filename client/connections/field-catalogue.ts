import type { CallNote } from '../../amocrm/calls/call-note.ts';
import { type CallFacts, callText } from '../../amocrm/calls/call-values.ts';
import {
  type CustomFieldDefinition,
  readCustomFields,
  readLossReasons,
  readPipelines,
} from '../../amocrm/cards/catalogue.ts';
import type { AmocrmEntity } from '../../amocrm/cards/entities.ts';
import { fieldText, type ValueContext } from '../../amocrm/cards/entity-values.ts';
import type { AmocrmHttp } from '../../amocrm/http/http.ts';
import { readLatestCalls } from '../../amocrm/listing/latest-calls.ts';
import { resolveOperator } from '../../amocrm/calls/operator.ts';
import { FIRST_PAGE, readEntitiesPage } from '../../amocrm/cards/read-entities.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { User } from '../../ledger/accounts/users.ts';
import { CALL_FIELDS } from '../../settings/call-fields.ts';
import { CARD_BLOCKS, CARD_FIELDS, type CardBlock, customFieldKey } from '../../settings/card-fields.ts';
import type { MappingBlock } from '../../settings/mapping.ts';
import { type AccountAccess, amocrmOf } from '../accounts/account-access.ts';
import { refreshUsers } from '../accounts/account-admin.ts';
import { suggestedKeys } from './suggested-keys.ts';

/** A field that a mapping can name. */
export interface CatalogueField {
  /** Its name in a mapping's `amocrm`. */
  key: string;
  title: { en: string; ru: string };
  /** `text`, `number`, `url` or `date_time`; of a custom field, amoCRM's own name of its type. */
  type: string;
  /** A value of the account's own cards or calls; null where none of the latest has one. Personal data. */
  example: string | null;
  /** The SpeechSense key to offer for it: no other field is offered the same. */
  suggestedKey: string;
}

export type FieldCatalogue = Record<MappingBlock, CatalogueField[]>;

/** The kind of card that fills each block. */
export const CARD_OF_BLOCK = { deal: 'lead', contact: 'contact', company: 'company' } as const;

/**
 * Every field that the account's mapping can name, with an example from the cards and calls that changed last. About ten
 * requests to amoCRM.
 *
 * @throws {ExportError} `amocrm_…`
 */
export async function fieldCatalogue(access: AccountAccess, account: Account): Promise<FieldCatalogue> {
  const http = amocrmOf(access, account);
  const users = await usersOf(access, account);
  const blocks = await Promise.all(CARD_BLOCKS.map((block) => readBlock(http, block)));
  const context = await contextOf(account, users, http, blocks);
  const standardKeys = [...CARD_BLOCKS.flatMap((block) => CARD_FIELDS[block]), ...CALL_FIELDS];
  const keys = suggestedKeys(
    blocks.flatMap(({ fields }) => fields),
    standardKeys.map(({ suggestedKey }) => suggestedKey),
  );
  const [deal = [], contact = [], company = []] = blocks.map((block) => fieldsOf(block, context, keys));
  const calls = (await readLatestCalls(http)).map((note) => factsOf(note, users, account));
  const call = CALL_FIELDS.map((field) => ({ ...field, example: exampleOf(calls, (one) => callText(field.key, one)) }));
  return { deal, contact, company, call };
}

/** Those of the last export, or of whoever looked last; of an account that nobody has looked at yet, as they are now. */
async function usersOf(access: AccountAccess, account: Account): Promise<ReadonlyMap<number, User>> {
  const known = await access.ledger.users.list(account.accountId);
  const users = known.length > 0 ? known : await refreshUsers(access, account);
  return new Map(users.map((user) => [user.id, user]));
}

interface Block {
  block: CardBlock;
  fields: CustomFieldDefinition[];
  /** Cards to take examples from. */
  cards: AmocrmEntity[];
}

async function readBlock(http: AmocrmHttp, block: CardBlock): Promise<Block> {
  const fields = await readCustomFields(http, CARD_OF_BLOCK[block]);
  const { entities } = await readEntitiesPage(http, CARD_OF_BLOCK[block], FIRST_PAGE);
  return { block, fields, cards: entities };
}

async function contextOf(
  { host, timeZone, country }: Account,
  users: ReadonlyMap<number, User>,
  http: AmocrmHttp,
  blocks: readonly Block[],
): Promise<ValueContext> {
  const options = blocks.flatMap(({ fields }) => fields.flatMap((field) => field.options));
  return {
    host,
    timeZone,
    country,
    users,
    pipelines: await readPipelines(http),
    lossReasons: new Map((await readLossReasons(http)).map(({ id, name }) => [id, name])),
    options: new Map(options.map(({ id, name }) => [id, name])),
  };
}

function fieldsOf(
  { block, fields, cards }: Block,
  context: ValueContext,
  keys: ReadonlyMap<number, string>,
): CatalogueField[] {
  const exampleOfCard = (key: string) =>
    exampleOf(cards, (card) => fieldText(CARD_OF_BLOCK[block], key, card, context));
  return [
    ...CARD_FIELDS[block].map((field) => ({ ...field, example: exampleOfCard(field.key) })),
    ...fields.map(({ id, name, type }) => ({
      key: customFieldKey(id),
      title: { en: name, ru: name },
      type,
      example: exampleOfCard(customFieldKey(id)),
      suggestedKey: keys.get(id) ?? customFieldKey(id),
    })),
  ];
}

function factsOf(note: CallNote, users: ReadonlyMap<number, User>, account: Account): CallFacts {
  const { host, timeZone, country } = account;
  const operatorId = resolveOperator(note, users, country)?.userId ?? null;
  const operator = operatorId === null ? undefined : users.get(operatorId);
  return {
    ...note,
    startedAt: note.createdAt,
    operatorId,
    operatorName: operator?.name || null,
    operatorGroup: operator?.group ?? null,
    host,
    timeZone,
    country,
  };
}

/** What the first of them says that says anything. */
function exampleOf<Said>(among: readonly Said[], textOf: (one: Said) => string | null): string | null {
  for (const one of among) {
    const text = textOf(one);
    if (text !== null) return text.slice(0, MAX_EXAMPLE);
  }
  return null;
}

const MAX_EXAMPLE = 200;
