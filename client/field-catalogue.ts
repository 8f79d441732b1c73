import { type CustomFieldDefinition, readCustomFields, readLossReasons, readPipelines } from '../amocrm/catalogue.ts';
import type { AmocrmEntity } from '../amocrm/entities.ts';
import { fieldText, type ValueContext } from '../amocrm/entity-values.ts';
import type { AmocrmHttp } from '../amocrm/http.ts';
import { FIRST_PAGE, readEntitiesPage } from '../amocrm/read-entities.ts';
import type { Account } from '../ledger/accounts.ts';
import { CALL_FIELDS } from '../settings/call-fields.ts';
import { CARD_BLOCKS, CARD_FIELDS, type CardBlock, customFieldKey } from '../settings/card-fields.ts';
import type { MappingBlock } from '../settings/mapping.ts';
import { type AccountAccess, amocrmOf } from './account-access.ts';
import { suggestedKeys } from './suggested-keys.ts';

/** A field that a mapping can name. */
export interface CatalogueField {
  /** Its name in a mapping's `amocrm`. */
  key: string;
  title: { en: string; ru: string };
  /** `text`, `number`, `url` or `date_time`; of a custom field, amoCRM's own name of its type. */
  type: string;
  /** A value of the account's own cards; null where none of the latest has one. Personal data. */
  example: string | null;
  /** The SpeechSense key to offer for it: no other field is offered the same. */
  suggestedKey: string;
}

export type FieldCatalogue = Record<MappingBlock, CatalogueField[]>;

/** The kind of card that fills each block. */
export const CARD_OF_BLOCK = { deal: 'lead', contact: 'contact', company: 'company' } as const;

/**
 * Every field that the account's mapping can name, with an example from the cards that changed last. About ten requests
 * to amoCRM.
 *
 * @throws {ExportError} `amocrm_…`
 */
export async function fieldCatalogue(access: AccountAccess, account: Account): Promise<FieldCatalogue> {
  const http = amocrmOf(access, account);
  const blocks = await Promise.all(CARD_BLOCKS.map((block) => readBlock(http, block)));
  const context = await contextOf(access, account, http, blocks);
  const standardKeys = [...CARD_BLOCKS.flatMap((block) => CARD_FIELDS[block]), ...CALL_FIELDS];
  const keys = suggestedKeys(
    blocks.flatMap(({ fields }) => fields),
    standardKeys.map(({ suggestedKey }) => suggestedKey),
  );
  const [deal = [], contact = [], company = []] = blocks.map((block) => fieldsOf(block, context, keys));
  return { deal, contact, company, call: CALL_FIELDS.map((field) => ({ ...field })) };
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
  access: AccountAccess,
  { accountId, host, timeZone }: Account,
  http: AmocrmHttp,
  blocks: readonly Block[],
): Promise<ValueContext> {
  const options = blocks.flatMap(({ fields }) => fields.flatMap((field) => field.options));
  return {
    host,
    timeZone,
    users: new Map((await access.ledger.users.list(accountId)).map((user) => [user.id, user])),
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
  const exampleOf = (key: string) => {
    for (const card of cards) {
      const text = fieldText(CARD_OF_BLOCK[block], key, card, context);
      if (text !== null) return text.slice(0, MAX_EXAMPLE);
    }
    return null;
  };
  return [
    ...CARD_FIELDS[block].map((field) => ({ ...field, example: exampleOf(field.key) })),
    ...fields.map(({ id, name, type }) => ({
      key: customFieldKey(id),
      title: { en: name, ru: name },
      type,
      example: exampleOf(customFieldKey(id)),
      suggestedKey: keys.get(id) ?? customFieldKey(id),
    })),
  ];
}

const MAX_EXAMPLE = 200;
