import { Filter } from '@yandex-cloud/nodejs-sdk/speechsense-v1/search';
import { ExportError } from '../../errors/export-error.ts';
import { search, type ReadRequest } from './read.ts';

/** The service returns at most 1,000 ids a page and 10,000 in all. */
const PAGE_SIZE = 1_000;
const MAX_RESULTS = 10_000;
/** Values in one filter, which the service does not limit by any document: about what a page of talks has. */
const VALUES_A_SEARCH = 200;
/** Dates this far apart are searched for apart, so that the talks between them are not read for nothing. */
const WINDOW_GAP_MS = 10 * 60_000;
const WINDOW_DATES = 200;

/**
 * The ids of talks that may have these traits, and of others beside them. Where the connection keeps `call_id`, they
 * are searched for by it; else by windows of their dates, narrowed by client and operator where it keeps those.
 *
 * An empty answer proves little: talks of the last minutes may not be indexed yet, ones older than 3 months are deleted.
 *
 * @param keys the keys that the connection is known to have; undefined when nothing is known of it.
 * @throws ExportError `speechsense_…`; `speechsense_search_refused` where it does not search so, or finds more talks of
 *   one moment than it lists.
 */
export async function findTalks(
  request: ReadRequest,
  traits: Record<string, string>[],
  keys: readonly string[] | undefined,
): Promise<string[]> {
  const found = new Set<string>();
  const searches = searchesFor(traits, keys ?? []);
  for (let next = searches.shift(); next !== undefined; next = searches.shift()) {
    const { filters, halves } = next;
    let pageToken = '';
    do {
      const page = await search(request, { filters, pageSize: PAGE_SIZE, pageToken });
      if (page.talksCount > MAX_RESULTS) {
        if (halves().length === 0) throw new ExportError('speechsense_search_refused');
        searches.unshift(...halves());
        break;
      }
      page.talkIds.forEach((talkId) => found.add(talkId));
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
  }
  return [...found];
}

/**
 * The ids of all talks whose `date` lies in a stretch of time, both ends included, whoever uploaded them. Where there are
 * more than the service lists, it is asked for halves.
 *
 * @throws ExportError `speechsense_…`
 */
export async function findTalksDated(request: ReadRequest, from: Date, until: Date): Promise<string[]> {
  const found: string[] = [];
  let pageToken = '';
  do {
    const page = await search(request, { filters: [datedBetween(from, until)], pageSize: PAGE_SIZE, pageToken });
    if (page.talksCount > MAX_RESULTS && until.getTime() - from.getTime() > 1_000) {
      const middle = new Date(Math.floor((from.getTime() + until.getTime()) / 2));
      const after = new Date(middle.getTime() + 1);
      return [...(await findTalksDated(request, from, middle)), ...(await findTalksDated(request, after, until))];
    }
    found.push(...page.talkIds);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return found;
}

interface TalkSearch {
  filters: Filter[];
  /** The same as two narrower searches; none where it cannot be narrowed. */
  halves: () => TalkSearch[];
}

function searchesFor(traits: Record<string, string>[], keys: readonly string[]): TalkSearch[] {
  if (keys.includes('call_id')) return chunks(valuesOf(traits, 'call_id'), VALUES_A_SEARCH).map(searchByCallId);
  const narrowing = ['client_id', 'operator_id'].filter((key) => keys.includes(key));
  return dateWindows(traits).map((window) => searchByDates(window, narrowing));
}

function searchByCallId(values: string[]): TalkSearch {
  return { filters: [anyOf('call_id', values)], halves: () => halvesOf(values).map(searchByCallId) };
}

function searchByDates(sent: Dated[], narrowing: string[]): TalkSearch {
  const dates = sent.map(({ date }) => date.getTime());
  const traits = sent.map((dated) => dated.traits);
  return {
    filters: [
      datedBetween(new Date(Math.min(...dates)), new Date(Math.max(...dates))),
      ...narrowing.flatMap((key) =>
        // One that was sent without the value would be kept out.
        traits.every((values) => values[key]) ? [anyOf(key, valuesOf(traits, key))] : [],
      ),
    ],
    halves: () => halvesOf(sent).map((half) => searchByDates(half, narrowing)),
  };
}

interface Dated {
  date: Date;
  traits: Record<string, string>;
}

/** In the order of their dates, those near each other together. */
function dateWindows(traits: Record<string, string>[]): Dated[][] {
  const dated = traits
    .map((sent) => ({ traits: sent, date: new Date(sent['date'] ?? '') }))
    .filter(({ date }) => !Number.isNaN(date.getTime()))
    .sort((one, other) => one.date.getTime() - other.date.getTime());
  const windows: Dated[][] = [];
  for (const sent of dated) {
    const window = windows.at(-1);
    const last = window?.at(-1);
    const near = last && sent.date.getTime() - last.date.getTime() <= WINDOW_GAP_MS;
    if (near && window && window.length < WINDOW_DATES) window.push(sent);
    else windows.push([sent]);
  }
  return windows;
}

function datedBetween(fromValue: Date, toValue: Date): Filter {
  // Said aloud: whether bounds without the word are inclusive is not documented.
  const boundsInclusive = { fromInclusive: true, toInclusive: true };
  return Filter.fromPartial({ key: 'userMeta.date', dateRange: { fromValue, toValue, boundsInclusive } });
}

/** `userMeta.<key>` as in the how-tos and samples; the proto's comment says `user.<key>`, which is older. */
function anyOf(key: string, values: string[]): Filter {
  return Filter.fromPartial({ key: `userMeta.${key}`, anyMatch: { values } });
}

function valuesOf(traits: Record<string, string>[], key: string): string[] {
  return [...new Set(traits.flatMap((sent) => sent[key] ?? []))];
}

/** None where there is nothing to halve. */
function halvesOf<T>(values: T[]): T[][] {
  return values.length < 2 ? [] : chunks(values, Math.ceil(values.length / 2));
}

function chunks<T>(values: T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size),
  );
}
