import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type AmocrmEntity, isOpen } from '../../amocrm/cards/entities.ts';
import { fieldText, type ValueContext } from '../../amocrm/cards/entity-values.ts';
import type { AmocrmHttp } from '../../amocrm/http/http.ts';
import {
  ENTITIES_LIMIT,
  FIRST_PAGE,
  readEntitiesByFilter,
  readEntitiesPage,
  readEntityById,
} from '../../amocrm/cards/read-entities.ts';
import type { Place } from '../../amocrm/listing/shrinking-page.ts';
import { findExportError } from '../../errors/export-error.ts';
import type { Account } from '../../ledger/accounts/accounts.ts';
import type { BatchRange, Entity, EntityRef, KnownEntity } from '../../ledger/calls/entities.ts';
import type { ExportRow } from '../../ledger/exports/exports.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { valueContext } from './account-catalogue.ts';
import { entitiesOfCall, type NeededFields, neededFields } from './call-entities.ts';

interface ReadingDeps {
  ledger: Ledger;
  now: () => Promise<Date>;
  /** Opens the way to the account; not called when everything is known. */
  open: () => Promise<{ account: Account; http: AmocrmHttp }>;
  signal: AbortSignal;
  /** Which try of the step this is. */
  attempt: number;
}

type EntityType = EntityRef['entityType'];

/** Contacts name leads and companies, so they come first; leads may name further contacts. */
const ORDER: readonly EntityType[] = ['contact', 'lead', 'customer', 'company'];
/** What was read shortly before an export counts for it: a retry, or the next export, need not ask again. */
const FRESH_MS = 10 * 60_000;
/** An account that ignored filters is taken at its word again after a week: the option can be bought. */
const FILTER_MEMORY_MS = 7 * 24 * 3_600_000;
/** Batches that are looked at together: those whose entities may fill the free places of a request. */
const AHEAD = 20;
/** A list is gone through only where that many single requests could be saved. */
const SWEEP_SAVES = 4;
const TURN_POLL_MS = 300;

/**
 * Reads what the metadata of a batch's calls need and the ledger does not know from this export yet. Batches take
 * turns, and what later batches need comes along where it costs no request; so nothing is asked for twice.
 */
export async function readMissingEntities(deps: ReadingDeps, row: ExportRow, batch: number): Promise<void> {
  const reading = new EntityReading(deps, row, batch);
  if ((await reading.missing({ from: batch, to: batch })).length === 0) return;
  const holder = randomUUID();
  const { entityTurns } = deps.ledger;
  // Before every request: a reader that slept has lost its turn, and waits for it again.
  const itsTurn = async () => {
    while (!(await entityTurns.take(row.exportId, holder))) {
      await pause(TURN_POLL_MS, undefined, { signal: deps.signal });
    }
  };
  await itsTurn();
  try {
    await reading.run(itsTurn);
  } finally {
    await entityTurns.end(row.exportId, holder);
  }
}

class EntityReading {
  readonly #deps: ReadingDeps;
  readonly #export: ExportRow;
  readonly #batch: number;
  readonly #needed: NeededFields;
  readonly #readSince: Date;
  /** Read in this run: never asked for again in it, whatever the clocks say. */
  readonly #read = new Set<string>();
  #context: ValueContext | undefined;

  constructor(deps: ReadingDeps, row: ExportRow, batch: number) {
    this.#deps = deps;
    this.#export = row;
    this.#batch = batch;
    this.#needed = neededFields(row.settings.mapping);
    this.#readSince = new Date(row.startedAt.getTime() - FRESH_MS);
  }

  /** What is to be read for the calls of these batches, as far as it can be told yet. */
  async missing(range: BatchRange): Promise<EntityRef[]> {
    const { ledger } = this.#deps;
    const calls = await ledger.entities.callsOf(this.#export.exportId, range);
    const known = await ledger.entities.reach(
      this.#export.accountId,
      calls.flatMap(({ refs }) => refs),
    );
    const fresh = new Map(known.filter((one) => this.#isFresh(one)).map((one) => [nameOf(one), one]));
    const missing = new Map<string, EntityRef>();
    const find = (ref: EntityRef) => {
      const found = fresh.get(nameOf(ref));
      if (!found) missing.set(nameOf(ref), ref);
      return found;
    };
    for (const { refs } of calls) entitiesOfCall(refs, find, this.#needed);
    return [...missing.values()];
  }

  async run(itsTurn: () => Promise<void>): Promise<void> {
    const own = { from: this.#batch, to: this.#batch };
    for (let missing = await this.missing(own); missing.length > 0; missing = await this.missing(own)) {
      const entityType = ORDER.find((type) => missing.some((ref) => ref.entityType === type)) ?? 'contact';
      const source = await this.#open();
      if (await this.#sweep(entityType, source, itsTurn)) continue;
      const wanted = missing.filter((ref) => ref.entityType === entityType).map(({ entityId }) => entityId);
      await this.#readByIds(entityType, wanted, source, itsTurn);
    }
  }

  async #open(): Promise<Source> {
    const { ledger, now } = this.#deps;
    const { account, http } = await this.#deps.open();
    const { accountId } = account;
    const since = new Date((await now()).getTime() - FILTER_MEMORY_MS);
    const filters = account.isApiFilterEnabled && !(await ledger.entities.isFilterIgnored(accountId, since));
    const { attempt } = this.#deps;
    const { exportId } = this.#export;
    const reading = { ledger, account, http, exportId, attempt, now, readSince: this.#readSince };
    const context = (this.#context ??= await valueContext(reading, this.#needed));
    return { http, accountId, filters, context };
  }

  /**
   * Goes through the account's own list of a kind, the latest changed first, once an export, as long as a page of 250
   * brings more than as many requests by id would. Broken off, as by the time that one try of a step has, it goes on from
   * where it was.
   *
   * @returns whether it brought anything.
   */
  async #sweep(entityType: EntityType, source: Source, itsTurn: () => Promise<void>): Promise<boolean> {
    const { entityTurns } = this.#deps.ledger;
    const { exportId } = this.#export;
    const stopped = await entityTurns.sweepPlace(exportId, entityType);
    if (stopped === null) return false;
    const perRequest = source.filters ? ENTITIES_LIMIT : 1;
    const wanted = await this.#missingFromHere(entityType);
    const met = new Set<number>();
    let broughtAny = false;
    let page: Place | null = stopped ?? (wanted.size > perRequest * SWEEP_SAVES ? FIRST_PAGE : null);
    while (page !== null && wanted.size > 0) {
      await itsTurn();
      const answer = await readEntitiesPage(source.http, entityType, page).catch(noneIfUnreadable);
      if (!answer) break;
      // A list without an end brings the same cards again and again: they say nothing of the pages behind it.
      const entities = answer.entities.filter(({ entityId }) => !met.has(entityId));
      for (const { entityId } of entities) met.add(entityId);
      const found = entities.filter(({ entityId }) => wanted.delete(entityId));
      const before = found.length > perRequest ? 0 : await this.#countFresh(entityType, entities);
      await this.#put(entityType, source, found);
      broughtAny ||= found.length > 0;
      page = before + found.length > perRequest ? answer.next : null;
      await entityTurns.putSweepPlace(exportId, entityType, page);
    }
    await entityTurns.putSweepPlace(exportId, entityType, null);
    return broughtAny;
  }

  /** What this batch and all later ones miss, of a hundred thousand calls a few thousand at a time. */
  async #missingFromHere(entityType: EntityType): Promise<Set<number>> {
    const wanted = new Set<number>();
    const last = Math.max(this.#batch, this.#export.batches ?? 0);
    for (let from = this.#batch; from <= last; from += AHEAD) {
      const missing = await this.missing({ from, to: from + AHEAD - 1 });
      for (const ref of missing) if (ref.entityType === entityType) wanted.add(ref.entityId);
    }
    return wanted;
  }

  /** How many of these are known already, as by an export that was stopped shortly before. */
  async #countFresh(entityType: EntityType, entities: readonly AmocrmEntity[]): Promise<number> {
    const ids = new Set(entities.map(({ entityId }) => entityId));
    const refs = [...ids].map((entityId) => ({ entityType, entityId }));
    const known = await this.#deps.ledger.entities.reach(this.#export.accountId, refs);
    return known.filter((one) => one.entityType === entityType && ids.has(one.entityId) && this.#isFresh(one)).length;
  }

  async #readByIds(entityType: EntityType, ids: number[], source: Source, itsTurn: () => Promise<void>) {
    if (!source.filters) {
      for (const id of ids) {
        await itsTurn();
        const found = await readEntityById(source.http, entityType, id);
        await this.#put(entityType, source, found ? [found] : [], [id]);
      }
      return;
    }
    const later = await this.missing({ from: this.#batch + 1, to: this.#batch + AHEAD });
    const fill = later.filter((ref) => ref.entityType === entityType).map(({ entityId }) => entityId);
    const places = Math.ceil(ids.length / ENTITIES_LIMIT) * ENTITIES_LIMIT;
    const asked = [...new Set([...ids, ...fill])].slice(0, places);
    for (let start = 0; start < asked.length; start += ENTITIES_LIMIT) {
      await itsTurn();
      const chunk = asked.slice(start, start + ENTITIES_LIMIT);
      const { entities, isUnfiltered } = await readEntitiesByFilter(source.http, entityType, chunk);
      if (isUnfiltered) {
        await this.#deps.ledger.entities.rememberFilterIgnored(source.accountId, await this.#deps.now());
        return;
      }
      await this.#put(entityType, source, entities, chunk);
    }
  }

  /** Keeps what was found; of the ids that were asked for, the rest is known to be gone. */
  async #put(entityType: EntityType, { accountId, context }: Source, found: AmocrmEntity[], asked: number[] = []) {
    const entities = found.map((entity) => this.#toEntity(entityType, entity, context));
    const foundIds = new Set(found.map(({ entityId }) => entityId));
    const gone = asked.filter((id) => !foundIds.has(id)).map((entityId) => ({ ...GONE, entityType, entityId }));
    await this.#deps.ledger.entities.putAll(accountId, [...entities, ...gone], await this.#deps.now());
    for (const entity of [...entities, ...gone]) this.#read.add(nameOf(entity));
  }

  #toEntity(entityType: EntityType, entity: AmocrmEntity, context: ValueContext): Entity {
    const fields = this.#fieldsOf(entityType).map((key) => {
      const text = entityType === 'customer' ? null : fieldText(entityType, key, entity, context);
      return [key, text] as const;
    });
    const { entityId, isDeleted, name, updatedAt, mainContactId, companyId, leadIds } = entity;
    return {
      entityType,
      entityId,
      isGone: isDeleted,
      name,
      isOpen: isOpen(entity),
      updatedAt,
      mainContactId,
      companyId,
      leadIds,
      fields: Object.fromEntries(fields),
    };
  }

  /** Read since the export began, and with the fields that its mapping names. */
  #isFresh(entity: KnownEntity): boolean {
    if (this.#read.has(nameOf(entity))) return true;
    if (entity.readAt < this.#readSince) return false;
    return entity.isGone || this.#fieldsOf(entity.entityType).every((key) => Object.hasOwn(entity.fields, key));
  }

  #fieldsOf(entityType: EntityType): readonly string[] {
    const { deal, contact, company } = this.#needed;
    return { lead: deal, contact, company, customer: [] }[entityType];
  }
}

/** The account as it is read now. */
interface Source {
  http: AmocrmHttp;
  accountId: number;
  /** Whether filters on entities work. */
  filters: boolean;
  context: ValueContext;
}

/** The list only saves requests: what is wrong with it for good is no reason to wait. */
function noneIfUnreadable(error: unknown): undefined {
  const code = findExportError(error)?.code;
  if (code !== 'amocrm_bad_answer' && code !== 'amocrm_answer_too_large' && code !== 'amocrm_rejected') throw error;
}

const GONE = {
  isGone: true,
  name: null,
  isOpen: false,
  updatedAt: null,
  mainContactId: null,
  companyId: null,
  leadIds: [],
  fields: {},
};

function nameOf({ entityType, entityId }: EntityRef): string {
  return `${entityType} ${entityId}`;
}
