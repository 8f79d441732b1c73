import { z } from 'zod';
import { findExportError } from '../../errors/export-error.ts';
import type { EntityType } from '../calls/call-note.ts';
import { type AmocrmEntity, ENTITY_ROUTES, relationsOf, toEntity } from './entities.ts';
import type { AmocrmHttp } from '../http/http.ts';
import { lenientList } from '../http/lenient.ts';
import { listPage } from '../listing/list-page.ts';
import { areCustomersOff } from '../listing/listing.ts';
import { isTooMuch, type Place, readShrinking } from '../listing/shrinking-page.ts';

/** How many ids go into one filter: with more, the address comes near what servers take. */
export const ENTITIES_LIMIT = 50;
const PAGE_LIMIT = 250;

const entitySchema = z.unknown().transform((raw) => toEntity(raw) ?? null);

/** What amoCRM said of the ids it was asked for; those that it did not give are gone, or out of the token's reach. */
export interface EntitiesAnswer {
  entities: AmocrmEntity[];
  /** The filter was ignored in silence and any page came, as without the paid option it does. */
  isUnfiltered: boolean;
}

/**
 * Reads entities by id in one request, at most {@link ENTITIES_LIMIT}; in two of half as many where that is more than
 * amoCRM can give at once. Needs the account's filter option.
 */
export async function readEntitiesByFilter(
  http: AmocrmHttp,
  entityType: EntityType,
  ids: readonly number[],
): Promise<EntitiesAnswer> {
  try {
    const { entities } = await list(http, entityType, { 'filter[id][]': ids, limit: PAGE_LIMIT });
    return { entities, isUnfiltered: entities.some(({ entityId }) => !ids.includes(entityId)) };
  } catch (error) {
    if (ids.length < 2 || !isTooMuch(error)) throw error;
  }
  const half = Math.ceil(ids.length / 2);
  const first = await readEntitiesByFilter(http, entityType, ids.slice(0, half));
  if (first.isUnfiltered) return first;
  const second = await readEntitiesByFilter(http, entityType, ids.slice(half));
  return { entities: [...first.entities, ...second.entities], isUnfiltered: second.isUnfiltered };
}

/** Reads one entity; undefined when it is deleted or out of reach. */
export async function readEntityById(
  http: AmocrmHttp,
  entityType: EntityType,
  id: number,
): Promise<AmocrmEntity | undefined> {
  const answer = await http
    .get(`/${ENTITY_ROUTES[entityType]}/${id}`, relationsOf(entityType), entitySchema)
    .catch((error: unknown) => {
      // Answered with 204, or by some accounts with 404; a host that is no account's any more says nothing of its cards.
      const known = findExportError(error);
      if (known?.code === 'amocrm_rejected' && known.values.status === 404) return undefined;
      throwUnlessOff(entityType, error);
      return undefined;
    });
  return answer ?? undefined;
}

export interface EntitiesPage {
  entities: AmocrmEntity[];
  /** Where the page after it begins; null when there is none. */
  next: Place | null;
}

/** The first page of all entities of a kind. */
export const FIRST_PAGE: Place = { offset: 0, limit: PAGE_LIMIT };

/** A page of all entities of a kind, the latest changed first; needs no option. */
export async function readEntitiesPage(http: AmocrmHttp, entityType: EntityType, from: Place): Promise<EntitiesPage> {
  const { answer, next } = await readShrinking(from, (page) =>
    list(http, entityType, { 'order[updated_at]': 'desc', ...page }),
  );
  return { entities: answer.entities, next: answer.isLast ? null : next };
}

async function list(
  http: AmocrmHttp,
  entityType: EntityType,
  query: Record<string, string | number | readonly number[]>,
) {
  const route = ENTITY_ROUTES[entityType];
  const schema = listPage(route, lenientList(z.unknown()));
  const answer = await http
    .get(`/${route}`, { ...query, ...relationsOf(entityType) }, schema)
    .catch((error: unknown) => throwUnlessOff(entityType, error));
  if (!answer) return { entities: [], isLast: true };
  return { entities: answer.items.flatMap((raw) => toEntity(raw) ?? []), isLast: !answer.next };
}

function throwUnlessOff(entityType: EntityType, error: unknown): undefined {
  if (entityType !== 'customer' || !areCustomersOff(error)) throw error;
}
