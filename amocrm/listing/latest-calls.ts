import { z } from 'zod';
import { type CallNote, readCallNotes } from '../calls/call-note.ts';
import type { AmocrmHttp } from '../http/http.ts';
import { listPage } from './list-page.ts';
import { ENTITY_TYPE } from './listing.ts';

const LIMIT = 50;
const notesPage = listPage('notes', z.array(z.unknown()));

/** Some of the calls whose notes changed last, for a look at them: on contacts, where most are, else on leads. */
export async function readLatestCalls(http: AmocrmHttp): Promise<CallNote[]> {
  for (const source of ['contacts', 'leads'] as const) {
    const query = {
      'filter[note_type][]': ['call_in', 'call_out'],
      'order[updated_at]': 'desc',
      page: 1,
      limit: LIMIT,
    };
    const page = await http.get(`/${source}/notes`, query, notesPage);
    const { notes } = readCallNotes(page?.items ?? [], ENTITY_TYPE[source]);
    if (notes.length > 0) return notes;
  }
  return [];
}
