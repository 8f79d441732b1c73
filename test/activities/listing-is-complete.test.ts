import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import pg from 'pg';
import type { FaultRule } from '../../sandbox/amocrm/faults.ts';
import { NOW } from '../sandbox/amocrm-sandbox.ts';
import { createListingStage, type ListingStage } from './listing-stage.ts';
import { type Change, Player, type Timeline, timelines } from './listing-timelines.ts';

/** LISTING_CASES=10000 for a night's sleep. */
const CASES = Number(process.env['LISTING_CASES'] ?? 40);

let stage: ListingStage;
let database: pg.Client;
beforeAll(async () => {
  stage = await createListingStage();
  stage.waitHours = 1_000;
  database = new pg.Client({ connectionString: stage.databaseUrl });
  await database.connect();
});
afterAll(async () => {
  await database.end();
  await stage.close();
});

/** The calls of the export's plan, each by its notes. */
async function foundCalls(exportId: string): Promise<number[][]> {
  const { rows } = await database.query<{ notes: string[] }>(
    `select array_agg(n.note_id) as notes from transfers t join call_notes n using (call_id)
      where t.export_id = $1 group by t.call_id`,
    [exportId],
  );
  return rows.map(({ notes }) => notes.map(Number));
}

/** amoCRM gives its default of 50 above 250, and a page of one is as small as they come. */
function heavy({ limits: { notes }, heavyPage }: Timeline): FaultRule[] {
  if (!heavyPage || notes < 2 || notes > 250) return [];
  return [{ match: `page=${heavyPage}&limit=${notes}`, answer: { status: 504 } }];
}

async function play(timeline: Timeline): Promise<void> {
  const { world, clock, amocrm } = stage.amocrm;
  clock.set(NOW * 1000);
  world.reseed({ calls: 0, customers: true });
  amocrm.account.switches = { ...amocrm.account.switches, eventDelaySeconds: timeline.eventDelaySeconds };
  amocrm.faults.set(heavy(timeline));
  const player = new Player(world, clock, timeline);
  const listing = await stage.open(player.period, { settings: { unsorted: timeline.unsorted } });

  // While notes are read, things happen between two pages; while events are, also between an event and its note.
  const unsubscribe = amocrm.onAnswer(() => player.answered());
  await stage
    .list(listing, timeline.limits, (cursor) =>
      player.before({
        source: cursor?.source ?? 'contacts',
        ending: cursor !== null && 'resume' in cursor && cursor.resume === cursor.since,
      }),
    )
    .finally(unsubscribe);
  await stage.closePlan(listing);
  player.rest();
  // As the export does at its end; what the telephony has told since becomes known by it.
  await stage.reread(listing);
  await stage.planWaiting(listing);

  const calls = (await foundCalls(listing.exportId)).map(
    (notes) => new Set(notes.map((note) => player.callOfNote(note))),
  );
  expect(calls.filter((call) => call.size !== 1)).toEqual([]);
  const found = calls.flatMap((call) => [...call]);
  expect(found.filter((call, at) => found.indexOf(call) !== at)).toEqual([]);
  expect(player.mustBeFound().filter((call) => !found.includes(call))).toEqual([]);
  expect(found.filter((call) => !player.mayBeFound().has(call))).toEqual([]);

  // Whoever lists the account for the first time when all of it is over finds what it holds, neither more nor less.
  const afterwards = await stage.open(player.period, { settings: { unsorted: timeline.unsorted } });
  await stage.list(afterwards);
  await stage.closePlan(afterwards);
  const settled = (await foundCalls(afterwards.exportId)).map((notes) => [
    ...new Set(notes.map((note) => player.callOfNote(note))),
  ]);
  expect(settled.flat().toSorted()).toEqual(player.holds().toSorted());

  // The next export of the account knows what the first one met, and what is gone since.
  const next = await stage.open(player.period, { ...listing, settings: { unsorted: timeline.unsorted } });
  await stage.list(next);
  await stage.closePlan(next);
  const again = (await foundCalls(next.exportId)).map((notes) => [
    ...new Set(notes.map((note) => player.callOfNote(note))),
  ]);
  expect(again.filter((call) => call.length !== 1)).toEqual([]);
  expect(again.flat().toSorted()).toEqual([...new Set(again.flat())].toSorted());
  expect(player.holdsAllAlong().filter((call) => !again.flat().includes(call))).toEqual([]);
}

test(
  'whatever happens to the notes meanwhile, a listing finds every call of the period that is there, once, and no other',
  async () => {
    const began = performance.now();
    await fc.assert(fc.asyncProperty(timelines, play), { numRuns: CASES });
    if (CASES > 1_000)
      process.stderr.write(`${CASES} timelines in ${Math.round((performance.now() - began) / 1000)} s\n`);
  },
  180_000 + CASES * 3_000,
);

describe('in a second that fills more pages than one, a note hides no other', () => {
  const note = { place: 'contacts', noteType: 'call_in', style: 'object', uniq: null, link: false } as const;
  // Pages of one note, and events that come too late to help.
  const playTwo = (changes: Change[][]) =>
    play({
      limits: { notes: 1, events: 2 },
      eventDelaySeconds: 960,
      endedAgo: -3_600,
      unsorted: false,
      atStart: [
        { note, startedAgo: 0, updatedAgo: 0 },
        { note, startedAgo: 0, updatedAgo: 0 },
      ],
      unsortedAtStart: [],
      changes,
    });

  test('that is gone while the end is read, and then back in its place', () =>
    playTwo([[], [], [{ kind: 'edit', target: 0, updatedAgo: 2 }], [{ kind: 'edit', target: 0, updatedAgo: null }]]));

  test('that leaves on the way there, and is dated back into it on the way back', () =>
    playTwo([
      [
        { kind: 'insert', note, startedAgo: 0, updatedAgo: 0 },
        { kind: 'clock', seconds: 2 },
      ],
      [{ kind: 'edit', target: 0, updatedAgo: null }],
      [{ kind: 'tell', target: 1, uniq: 0 }],
      [{ kind: 'edit', target: 0, updatedAgo: 0 }],
    ]));
});
