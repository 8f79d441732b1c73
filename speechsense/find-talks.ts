import { Filter } from '@yandex-cloud/nodejs-sdk/speechsense-v1/search';
import { search, type ReadRequest } from './read.ts';

/** The service returns at most 1,000 ids a page and 10,000 in all. */
const PAGE_SIZE = 1_000;

/**
 * The ids of the connection's talks whose metadata `key` has one of the values. Talks that were uploaded within the
 * last minutes may not be indexed yet, ones older than 3 months are deleted, and a key that the connection does not
 * define was never kept: an empty answer proves little.
 *
 * @throws ExportError `speechsense_…`.
 */
export async function findTalks(request: ReadRequest, key: string, values: string[]): Promise<string[]> {
  const filters = [Filter.fromPartial({ key: `userMeta.${key}`, anyMatch: { values } })];
  const talkIds: string[] = [];
  let pageToken = '';
  do {
    const page = await search(request, { filters, pageSize: PAGE_SIZE, pageToken });
    talkIds.push(...page.talkIds);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  return talkIds;
}
