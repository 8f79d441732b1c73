import { z } from 'zod';
import { findExportError } from '../errors/export-error.ts';
import type { EntityType } from './call-note.ts';
import type { AmocrmHttp } from './http.ts';

const linked = z.array(
  z.looseObject({ id: z.coerce.number().int(), is_main: z.boolean().optional().catch(undefined) }),
);

const entitySchema = z.looseObject({
  id: z.coerce.number().int(),
  name: z.string().nullish().catch(null),
  _embedded: z
    .looseObject({ contacts: linked.optional().catch(undefined), companies: linked.optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

const ROUTES = { lead: 'leads', contact: 'contacts', company: 'companies', customer: 'customers' } as const;

export interface AmocrmEntity {
  entityType: EntityType;
  entityId: number;
  /** Null when it has none, or is gone. */
  name: string | null;
  mainContactId: number | null;
  companyId: number | null;
}

export const ENTITIES_LIMIT = 50;

/**
 * Reads entities by id, at most {@link ENTITIES_LIMIT}. With the account's filter option in one request; its answer is
 * checked, because without the option amoCRM ignores the filter in silence and answers any page. Then one by one.
 */
export async function readEntities(
  http: AmocrmHttp,
  entityType: EntityType,
  ids: number[],
  isApiFilterEnabled: boolean,
): Promise<AmocrmEntity[]> {
  const route = ROUTES[entityType];
  const embed = entityType === 'lead' ? { with: 'contacts' } : {};
  if (isApiFilterEnabled && ids.length > 1) {
    const schema = z.looseObject({ _embedded: z.looseObject({ [route]: z.array(entitySchema) }) });
    const answer = await http.get(`/${route}`, { 'filter[id][]': ids, limit: 250, ...embed }, schema);
    const found = answer?._embedded[route] ?? [];
    if (found.every(({ id }) => ids.includes(id)))
      return ids.map((id) =>
        toEntity(
          entityType,
          id,
          found.find((e) => e.id === id),
        ),
      );
  }
  const entities: AmocrmEntity[] = [];
  for (const id of ids) {
    const found = await http.get(`/${route}/${id}`, embed, entitySchema).catch((error: unknown) => {
      // One that was deleted or is out of reach is answered with 204, or by some accounts with 404.
      if (findExportError(error)?.values.status === 404) return undefined;
      throw error;
    });
    entities.push(toEntity(entityType, id, found));
  }
  return entities;
}

function toEntity(
  entityType: EntityType,
  entityId: number,
  found: z.output<typeof entitySchema> | undefined,
): AmocrmEntity {
  const contacts = found?._embedded?.contacts ?? [];
  const main = contacts.find(({ is_main }) => is_main === true) ?? contacts[0];
  const name = found?.name?.trim() ?? '';
  return {
    entityType,
    entityId,
    name: name === '' ? null : name,
    mainContactId: entityType === 'lead' ? (main?.id ?? null) : null,
    companyId: found?._embedded?.companies?.[0]?.id ?? null,
  };
}
