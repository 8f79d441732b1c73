import { search, type ReadRequest } from './read.ts';
import { ExportError } from '../../errors/export-error.ts';

/** `cannot_be_told`: the service wants more for a search than the connection's id; uploads go without. */
export type ConnectionProbe = 'seen' | 'cannot_be_told';

/**
 * Whether the key sees the connection: a search for one talk, which changes nothing. It proves the key and that the
 * connection is visible to it, not the right to upload: no read can, and a trial upload might leave a talk behind.
 *
 * No document says that a search needs the connection's id alone, and the official samples send the organization,
 * space and project too: a refusal of the request itself is no word about the connection.
 *
 * @throws ExportError `speechsense_…` by what is wrong.
 */
export async function checkConnection(request: ReadRequest): Promise<ConnectionProbe> {
  try {
    await search(request, { filters: [], pageSize: 1, pageToken: '' });
    return 'seen';
  } catch (error) {
    if (error instanceof ExportError && error.code === 'speechsense_search_refused') return 'cannot_be_told';
    throw error;
  }
}
