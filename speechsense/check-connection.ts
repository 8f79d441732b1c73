import { search, type ReadRequest } from './read.ts';

/**
 * Whether the key sees the connection: a search for one talk, which changes nothing. It proves the key and that the
 * connection is visible to it, not the right to upload: no read can, and a trial upload might leave a talk behind.
 *
 * @throws ExportError `speechsense_…` by what is wrong.
 */
export async function checkConnection(request: ReadRequest): Promise<void> {
  await search(request, { filters: [], pageSize: 1, pageToken: '' });
}
