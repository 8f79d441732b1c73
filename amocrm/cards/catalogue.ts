import { z } from 'zod';
import { findExportError } from '../../errors/export-error.ts';
import type { EntityType } from '../calls/call-note.ts';
import { ENTITY_ROUTES } from './entities.ts';
import type { AmocrmHttp } from '../http/http.ts';
import { lenientList, lenientText } from '../http/lenient.ts';
import { listPage } from '../listing/list-page.ts';
import { readWholeList } from '../listing/whole-list.ts';

const id = z.coerce.number().int();
const named = z.looseObject({ id, name: lenientText }).transform((one) => ({ id: one.id, name: one.name ?? '' }));

/** Something that amoCRM knows by an id and people by a name. */
export type Named = z.output<typeof named>;

const pipeline = z
  .looseObject({ id, name: lenientText, _embedded: z.looseObject({ statuses: lenientList(named) }) })
  .transform((one) => ({ id: one.id, name: one.name ?? '', statuses: one._embedded.statuses }));

/** A pipeline with its statuses; closed statuses have the same ids in every pipeline, but names of their own. */
export type Pipeline = z.output<typeof pipeline>;

const customField = z
  .looseObject({
    id,
    name: lenientText,
    type: lenientText,
    code: lenientText,
    enums: lenientList(z.looseObject({ id, value: lenientText })),
  })
  .transform((field) => ({
    id: field.id,
    name: field.name ?? '',
    type: field.type ?? 'text',
    code: field.code,
    options: field.enums.map((option) => ({ id: option.id, name: option.value ?? '' })),
  }));

/** A custom field that the account's cards of a kind have. */
export type CustomFieldDefinition = z.output<typeof customField>;

const PAGE_LIMIT = 250;

/** All pipelines; amoCRM holds at most 50 of them. */
export function readPipelines(http: AmocrmHttp): Promise<Pipeline[]> {
  return readAll(http, '/leads/pipelines', 'pipelines', pipeline);
}

/** None where the account does not use them (`is_loss_reason_enabled`): it may refuse the list, as it does with customers. */
export function readLossReasons(http: AmocrmHttp): Promise<Named[]> {
  return readAll(http, '/leads/loss_reasons', 'loss_reasons', named).catch((error: unknown) => {
    if (findExportError(error)?.code !== 'amocrm_rejected') throw error;
    return [];
  });
}

/** The custom fields of one kind of card, in the order of the card. */
export function readCustomFields(http: AmocrmHttp, entityType: EntityType): Promise<CustomFieldDefinition[]> {
  return readAll(http, `/${ENTITY_ROUTES[entityType]}/custom_fields`, 'custom_fields', customField);
}

function readAll<T extends { id: number }>(
  http: AmocrmHttp,
  path: string,
  name: string,
  item: z.ZodType<T>,
): Promise<T[]> {
  const schema = listPage(name, lenientList(item));
  return readWholeList(path, PAGE_LIMIT, (at) => http.get(path, { ...at }, schema));
}
