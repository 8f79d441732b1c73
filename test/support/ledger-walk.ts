import { randomUUID } from 'node:crypto';
import { type Ledger, openLedger } from '../../ledger/ledger.ts';
import type { Claim, Lease } from '../../ledger/exports/transfers.ts';
import { parseExportSettings } from '../../settings/export-settings.ts';
import { entity } from './entity.ts';
import {
  openTestExport,
  PERIOD_END,
  PERIOD_START,
  PLAN,
  reportOf,
  SENT,
  sightedNote,
  TEST_ACCOUNT,
  TEST_CONNECTION,
  TEST_KEYS,
} from './ledger.ts';
import { type RecordedStatement, statementsOf } from './recorded-statements.ts';

const LOOK = { afterSeconds: 0, withinSeconds: 3600, absentAfterSeconds: 0 };
const READ_AT = new Date('2026-11-20T12:00:00Z');
const ACCOUNT = {
  accountId: TEST_ACCOUNT,
  host: 'example.amocrm.ru',
  name: 'Example',
  timeZone: 'Europe/Moscow',
  isApiFilterEnabled: true,
  country: 'RU',
};
const USER = { id: 7, name: 'A', group: 'Sales', active: true, phone: null, email: null };
const pair = () => ({ access: 'access', accessSeconds: 86_400, refresh: 'refresh' });

/** Uses everything that the ledger can do at least once, on the way of two exports, a preview and a retry. */
async function walkLedger(ledger: Ledger): Promise<void> {
  await administer(ledger);
  const exportId = await listAndPlan(ledger);
  await readCards(ledger, exportId);
  await transfer(ledger, exportId);
  await findLost(ledger, exportId);
  await tell(ledger, exportId);
  await retry(ledger, exportId);
  await compare(ledger);
  await ledger.accounts.remove(TEST_ACCOUNT);
}

async function administer(ledger: Ledger): Promise<void> {
  const { tokens, rateBuckets, brakes } = ledger;
  await ledger.ping();
  await ledger.addAccount(ACCOUNT, { kind: 'oauth', ...pair() }, [USER]);
  await ledger.accounts.put(ACCOUNT);
  await ledger.accounts.list();
  await ledger.accounts.find(TEST_ACCOUNT);
  await ledger.users.putAll(TEST_ACCOUNT, [USER]);
  await ledger.users.putFromCalls(TEST_ACCOUNT, [8]);
  await ledger.users.list(TEST_ACCOUNT);
  const version = (await tokens.read(TEST_ACCOUNT))?.version ?? 0;
  await tokens.about(TEST_ACCOUNT);
  await tokens.idle(30);
  await tokens.beginRefresh(TEST_ACCOUNT, version);
  await tokens.settle(TEST_ACCOUNT, version, 'active');
  await tokens.replace(TEST_ACCOUNT, version, pair());
  await tokens.end(TEST_ACCOUNT, version + 1);
  await tokens.isOver(TEST_ACCOUNT);
  await tokens.move(TEST_ACCOUNT, ACCOUNT.host);
  await tokens.resealAll();
  await tokens.put(TEST_ACCOUNT, { kind: 'oauth', ...pair() });
  const connection = {
    accountId: TEST_ACCOUNT,
    connectionId: TEST_CONNECTION,
    language: 'ru-RU',
    apiKey: 'AQVN-test-key',
  };
  await ledger.setConnection(connection);
  await ledger.connections.put(connection);
  await ledger.connections.about(TEST_ACCOUNT);
  await ledger.connections.read(TEST_ACCOUNT);
  await ledger.connections.resealAll();
  await ledger.consents.take(await ledger.consents.give({ host: ACCOUNT.host, accountId: TEST_ACCOUNT }));
  const settings = parseExportSettings({});
  const { version: saved } = await ledger.settings.read(TEST_ACCOUNT);
  await ledger.settings.put(TEST_ACCOUNT, settings, saved);
  await ledger.settings.put(TEST_ACCOUNT, settings);
  await ledger.settings.renew(TEST_ACCOUNT);
  await ledger.administrators.put(TEST_ACCOUNT, 7, true);
  await ledger.administrators.read(TEST_ACCOUNT, 7);
  const command = { accountId: TEST_ACCOUNT, key: randomUUID(), exportId: randomUUID(), request: 'start' };
  await ledger.spending({ id: randomUUID(), expiresAt: new Date(Date.now() + 60_000) }, ({ commands }) =>
    commands.take({ ...command, beginsExport: true, userId: 7 }),
  );
  await ledger.commands.take({ ...command, beginsExport: true, userId: 7 });
  await ledger.commands.settle(TEST_ACCOUNT, command.key, { done: true });
  await ledger.commands.beginners([command.exportId]);

  const turn = { accountId: TEST_ACCOUNT, client: 'client', requestsPerSecond: 50, interactive: false };
  await rateBuckets.takeTurn(turn);
  await rateBuckets.refused(TEST_ACCOUNT, 'amocrm_throttled');
  await rateBuckets.rest(TEST_ACCOUNT);
  await rateBuckets.settleProbe(TEST_ACCOUNT, true);
  await ledger.readQuota.take(TEST_ACCOUNT, 0.25, 0);
  await brakes.pull(TEST_ACCOUNT);
  await brakes.turn(TEST_ACCOUNT);
  await brakes.handBack(TEST_ACCOUNT);
  await brakes.release(TEST_ACCOUNT);
}

async function listAndPlan(ledger: Ledger): Promise<string> {
  const { calls, listings, plan } = ledger;
  const preview = await openTestExport(ledger, { kind: 'preview' });
  await calls.recordSightings(TEST_ACCOUNT, preview, [sightedNote({ noteId: 1 })]);
  await ledger.exports.dropPreviews(TEST_ACCOUNT);

  const exportId = await openTestExport(ledger);
  // Known by its note alone at first, it turns out to be a copy of another one.
  const bare = { uniq: null, source: null, link: null };
  await calls.recordSightings(TEST_ACCOUNT, exportId, [sightedNote({ noteId: 40, ...bare, identity: 'note:40' })]);
  const notes = Array.from({ length: 12 }, (_, nth) => sightedNote({ noteId: nth + 1 }));
  await calls.recordSightings(TEST_ACCOUNT, exportId, notes);
  await calls.recordSightings(TEST_ACCOUNT, exportId, [{ ...sightedNote({ noteId: 1 }), noteId: 40 }]);
  await calls.recordSightings(TEST_ACCOUNT, exportId, [
    sightedNote({ noteId: 41, link: null, startedAt: new Date('2026-11-07T12:00:00+03:00') }),
    sightedNote({ noteId: -42, link: null, unsortedUid: 'u42', identity: 'uniq:pbx:42' }),
  ]);
  await calls.unlisted(TEST_ACCOUNT, exportId, [1, 99]);
  await listings.advance(exportId, { source: 'contacts', reachedAt: READ_AT, pages: 1, events: 1, crossCheck: 'done' });
  await listings.remark(exportId, 'deleted', ['7']);
  await listings.isMissing(exportId, 'pipelines');
  await listings.read(exportId);
  const now = new Date('2026-11-08T00:00:00+03:00');
  await plan.close(exportId, { ...PLAN, now });
  await calls.waitingNotes(exportId, 0, 50);
  await calls.waitingUnsorted(exportId);
  await calls.recordSightings(TEST_ACCOUNT, exportId, [sightedNote({ noteId: 41 })]);
  await plan.planWaiting(exportId, { ...PLAN, now });
  await ledger.exports.setState(exportId, 'transferring');
  return exportId;
}

async function readCards(ledger: Ledger, exportId: string): Promise<void> {
  const { entities, entityTurns, catalogues } = ledger;
  await entities.putAll(TEST_ACCOUNT, [entity('contact', 1_001, { leadIds: [5] }), entity('lead', 5)], READ_AT);
  await entities.callsOf(exportId, { from: 0, to: 0 });
  await entities.countPlanned(exportId);
  await entities.reach(TEST_ACCOUNT, [{ entityType: 'contact', entityId: 1_001 }]);
  await entities.rememberFilterIgnored(TEST_ACCOUNT, READ_AT);
  await entities.isFilterIgnored(TEST_ACCOUNT, READ_AT);
  const holder = randomUUID();
  await entityTurns.take(exportId, holder);
  await entityTurns.putSweepPlace(exportId, 'contact', { offset: 0, limit: 250 });
  await entityTurns.sweepPlace(exportId, 'contact');
  await entityTurns.end(exportId, holder);
  await catalogues.put(TEST_ACCOUNT, 'pipelines', [], READ_AT);
  await catalogues.read(TEST_ACCOUNT, 'pipelines', READ_AT);
}

function leaseOf(claim: Claim): Lease {
  if (claim.kind !== 'claimed') throw new Error(`not claimed: ${claim.state}`);
  return claim.lease;
}

/** Brings one call of the export to each end that there is. */
async function transfer(ledger: Ledger, exportId: string): Promise<void> {
  const { transfers } = ledger;
  const callIds = (await transfers.remainingOfBatch(exportId, 0)).map(({ callId }) => callId);
  const next = async () => {
    const callId = callIds.shift();
    if (callId === undefined) throw new Error('the walk has run out of calls');
    return leaseOf(await transfers.claim({ exportId, callId }));
  };
  const marked = async (sent = SENT) => {
    const lease = await next();
    await transfers.markCommitting(lease, sent);
    return lease;
  };
  for (const talkId of ['talk-1', 'talk-2', 'talk-3', 'talk-4']) {
    await transfers.recordExported(await marked(), { ...SENT, talkId });
  }
  await transfers.recordFailed(await next(), 'conversion_failed', 'amr');
  await transfers.awaitRecording(await next(), 'recording_expired');
  await transfers.postpone(await next());
  await transfers.giveBack((await transfers.claimAll(exportId, callIds.slice(0, 2))).map(leaseOf));
  await transfers.setInHand(await next(), true);
  const cut = await marked();
  await transfers.reopen(cut);
  await transfers.release(cut, 'recording');
  const lost = await marked();
  await transfers.recordUnconfirmed(lost);
  await transfers.claim({ exportId, callId: (await marked()).callId });
}

async function findLost(ledger: Ledger, exportId: string): Promise<void> {
  const { lostTalks } = ledger;
  const [first, second] = await lostTalks.due(exportId, LOOK, 10);
  if (!first || !second) throw new Error('two answers are lost');
  await lostTalks.nextInSeconds(exportId, LOOK);
  await lostTalks.unanswered(TEST_ACCOUNT, TEST_CONNECTION, [SENT.sent.date]);
  await lostTalks.looked([first], true);
  await lostTalks.adopt(second, 'talk-5');
  await lostTalks.sendAgain(exportId, [first], PLAN);
  await lostTalks.giveUp(exportId, [second.callId], 'talk_ambiguous');
  await lostTalks.giveUpOverdue(exportId, LOOK);
  // A second export meets what the first one has sent.
  const other = await openTestExport(ledger, { settings: { reExport: true } });
  await ledger.calls.recordSightings(TEST_ACCOUNT, other, [sightedNote({ noteId: 12 })]);
  await ledger.plan.close(other, PLAN);
  const [call] = await ledger.transfers.remainingOfBatch(other, 0);
  if (!call) throw new Error('the second export has a call');
  const lease = leaseOf(await ledger.transfers.claim({ exportId: other, callId: call.callId }));
  await ledger.transfers.markCommitting({ ...lease, attempt: lease.attempt - 1 }, SENT);
  await ledger.transfers.recordFailed(lease, 'recording_expired');
  await ledger.exports.close(other, 'stopped');
}

async function tell(ledger: Ledger, exportId: string): Promise<void> {
  await ledger.now();
  await ledger.progress.read(exportId);
  await ledger.throughput.moveWindow(exportId);
  await ledger.throughput.read(exportId);
  await reportOf(ledger, exportId);
  await ledger.report.latestFailures(exportId, 5);
  const query = { exportId, states: ['exported' as const], limit: 1, order: 'latest' as const };
  const { next } = await ledger.callPages.read({ ...query, reason: undefined });
  await ledger.callPages.read({ ...query, states: [], reason: 'recording_expired', after: next });
  await ledger.callPages.read({ ...query, operatorId: 7, order: 'newest', after: next });
  await ledger.callPages.read({ ...query, order: 'oldest', after: next });
  await ledger.exports.stoppingAmong([exportId]);
  await ledger.exports.find(exportId);
  await ledger.exports.list(TEST_ACCOUNT, 10);
  await ledger.exports.list(TEST_ACCOUNT, 10, exportId);
  await ledger.exports.lastCompleted(TEST_ACCOUNT);
  await ledger.registry.exportedCalls(
    { accountId: TEST_ACCOUNT, connectionId: TEST_CONNECTION },
    { from: PERIOD_START, until: PERIOD_END },
    { direction: 'incoming', users: [7], talkSeconds: { min: 10, max: 60 } },
  );
  const [row] = await reportOf(ledger, exportId);
  await ledger.entities.ofCall(row?.call_id ?? 0);
  await ledger.exports.close(exportId, 'completed');
}

async function retry(ledger: Ledger, exportId: string): Promise<void> {
  await ledger.registry.setMissing(TEST_ACCOUNT, TEST_CONNECTION, ['talk-1'], true);
  const choice = { exportId, reasons: [], unconfirmed: true, missing: true };
  await ledger.retries.count(choice);
  const retried = await openTestExport(ledger, { kind: 'retry', retryOf: exportId });
  await ledger.retries.list(retried, choice);
  await ledger.plan.close(retried, PLAN);
  await ledger.exports.close(retried, 'stopped');
}

async function compare(ledger: Ledger): Promise<void> {
  await ledger.lineage.assertKept(TEST_ACCOUNT);
  await ledger.lineage.accept(TEST_ACCOUNT, 0);
  const unknown = { talkId: 'talk-12', noteId: 12, createdAt: READ_AT, sent: SENT.sent };
  await ledger.unknownTalks.takeIn(TEST_ACCOUNT, TEST_CONNECTION, [unknown]);
  const { registry, connectionKeys } = ledger;
  for await (const page of registry.pages(TEST_ACCOUNT, TEST_CONNECTION, { from: PERIOD_START, until: PERIOD_END })) {
    await registry.known(
      TEST_ACCOUNT,
      TEST_CONNECTION,
      page.flatMap(({ talks }) => talks.flatMap((one) => one.talkId ?? [])),
    );
  }
  await registry.known(TEST_ACCOUNT, TEST_CONNECTION, ['talk-1'], true);
  await registry.talksToLearnFrom(TEST_ACCOUNT, TEST_CONNECTION, new Date(0), 5);
  const account = { accountId: TEST_ACCOUNT, connectionId: TEST_CONNECTION };
  const unseen = [{ talkId: null, committedAt: PERIOD_START, bytes: 1 }];
  await registry.witnesses(account, unseen, 0, ['talk-1']);
  await registry.missingCalls(TEST_ACCOUNT, TEST_CONNECTION);
  await registry.setMissing(TEST_ACCOUNT, TEST_CONNECTION, ['talk-1'], false);
  await connectionKeys.put(TEST_ACCOUNT, TEST_CONNECTION, ['call_id']);
  await connectionKeys.read(TEST_ACCOUNT, TEST_CONNECTION);
}

/** What a ledger does that no export, command or page waits for. */
const NOT_WALKED = new Set(['close', 'migrate']);

/**
 * Walks through a migrated ledger and answers every statement that it sent.
 *
 * @throws Error that names what the walk leaves out: who adds something to the ledger adds it to the walk.
 */
export async function walkedStatements(databaseUrl: string): Promise<RecordedStatement[]> {
  const unused = new Set<string>();
  const statements = await statementsOf(async () => {
    const ledger = openLedger({ databaseUrl, encryptionKeys: TEST_KEYS });
    try {
      await walkLedger(watched(ledger, unused));
    } finally {
      await ledger.close();
    }
  });
  if (unused.size > 0) throw new Error(`the walk leaves out ${[...unused].join(', ')}`);
  return statements;
}

/** The same, but what was used of it is taken out of `unused`. */
function watched<T extends object>(part: T, unused: Set<string>, path = ''): T {
  const entries = Object.entries(part).map(([name, value]: [string, unknown]) => {
    const title = `${path}${name}`;
    if (typeof value !== 'function') return [name, watched(value as object, unused, `${title}.`)];
    if (!NOT_WALKED.has(title)) unused.add(title);
    const use = (...given: unknown[]) => {
      unused.delete(title);
      return (value as (...args: unknown[]) => unknown).apply(part, given);
    };
    return [name, use];
  });
  // The shape is kept entry by entry, which the type of fromEntries cannot say.
  return Object.fromEntries(entries) as T;
}
