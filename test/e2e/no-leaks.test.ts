import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { commandLine } from '../cli/command-line.ts';
import { historiesOf } from '../support/histories.ts';
import { createStage, type Stage } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';
import type { WorkerProcess } from '../support/worker-process.ts';

/** Personal fields of every block. */
const MAPPING = {
  deal: [{ amocrm: 'name', speechsense: 'deal_name' }],
  contact: [
    { amocrm: 'phone', speechsense: 'contact_phone' },
    { amocrm: 'email', speechsense: 'contact_email' },
  ],
  company: [{ amocrm: 'name', speechsense: 'company_name' }],
};

describe('after an export that met all kinds of trouble, nothing secret or personal', () => {
  let stage: Stage;
  let worker: WorkerProcess;
  const tokens = new Set<string>();

  beforeAll(async () => {
    stage = await createStage({
      sandbox: { calls: 80, talkScale: 0.2 },
      pace: { batchSize: 20, maxHistoryEvents: 120 },
      environment: { LOG_LEVEL: 'debug', RECORDING_RETRY_SECONDS: '3' },
    });
    const host = new URL(stage.sandbox.addresses.amocrm).host;
    const code = stage.sandbox.amocrm.account.tokens.issueCode();
    await commandLine(stage.environment)(`account add --host ${host} --code-stdin`, code);
    await keepTokens();
    // Refused at once, so that it is refreshed.
    stage.sandbox.clock.advance(86_401);
    await stage.control('amocrm', 'PUT', '/faults', [
      { match: '/notes', times: 2, answer: { status: 500 } },
      { match: '/notes', after: 1, times: 1, answer: { badJson: true } },
      { match: '/users', times: 1, answer: { status: 429 } },
    ]);
    await stage.control('telephony', 'PUT', '/faults', [
      { times: 2, action: { kind: 'lie', lie: 'expired' } },
      { times: 2, action: { kind: 'lie', lie: 'html' } },
      { times: 2, action: { kind: 'drop' } },
      { times: 3, action: { kind: 'lie', lie: 'failing' } },
      { times: 1, action: { kind: 'cut', afterBytes: 1_000 } },
      { times: 1, action: { kind: 'redirect' } },
    ]);
    await stage.control('speechsense', 'PUT', '/faults', [
      { times: 2, at: 'half-closed', action: { kind: 'status', code: 3, message: 'Bad value of client_name' } },
      { times: 2, at: 'start', action: { kind: 'status', code: 14 } },
      { times: 1, at: 'mid-stream', afterBytes: 10_000, action: { kind: 'reset' } },
    ]);
    worker = await stage.startWorker();
    const first = await stage.exports.start(stage.accountId, stage.settings({ mapping: MAPPING }));
    await stage.finished(first);
    await keepTokens();
    await stage.control('amocrm', 'POST', '/tokens/revoke', {});
    await stage.exports.start(stage.accountId, stage.settings());
    await waitFor(async () => (await stage.exports.status(stage.accountId)).state === 'blocked', {
      what: 'it to block',
    });
    await stage.exports.stop(stage.accountId);
  });
  afterAll(() => stage.close());

  /** Remembers the tokens of this moment. */
  async function keepTokens(): Promise<void> {
    const token = await stage.ledger.tokens.read(stage.accountId);
    if (!token?.refresh) throw new Error('the account is connected by consent');
    tokens.add(token.access).add(token.refresh);
  }

  /** What must be nowhere: credentials, and what tells one person from another. */
  function secrets(): string[] {
    const { token, apiKey, clientSecret, world } = stage.sandbox;
    const { contacts, companies, leads } = world.entities;
    const named = [...contacts.values(), ...companies.values(), ...leads.values()].map(({ name }) => name);
    const phones = [...contacts.values()].map(({ phone }) => phone);
    const links = world.calls.flatMap(({ worldId, format, talkSeconds }) =>
      format === null ? [] : [new URL(stage.sandbox.telephony.recordingUrl({ worldId, format, talkSeconds })).pathname],
    );
    const emails = [...contacts.keys()].map((_, at) => `client${at}@mail.example`);
    const all = [
      token,
      apiKey,
      clientSecret,
      ...tokens,
      ...world.operators.map(({ name }) => name),
      ...named,
      ...phones,
      ...links,
      ...emails,
    ];
    return [...new Set(all)].filter((text) => text.length >= 5);
  }

  function expectNoneIn(text: string): void {
    expect(secrets().length).toBeGreaterThan(100);
    // Two pairs: one from the consent, one from its refresh.
    expect(tokens.size).toBe(4);
    expect(secrets().filter((secret) => text.includes(secret))).toEqual([]);
  }

  test('is in any workflow history: payloads, failures, summaries, search attributes', async () => {
    const histories = await historiesOf(stage.temporal, `export-${stage.accountId}`);
    expect(histories.length).toBeGreaterThanOrEqual(6);
    const text = histories.map(({ history }) => decoded(history)).join('\n');
    // What the check reads is the real thing: it finds what may be there.
    expect(text).toContain(String(stage.accountId));
    expect(text).toMatch(/transferCall/);
    expect(text).toMatch(/amocrm_unauthorized/);
    expectNoneIn(text);
  });

  test('is in the worker’s log', () => {
    expect(worker.log()).toContain('worker runs');
    expectNoneIn(worker.log());
  });

  const onLinux = process.platform === 'linux' ? test : test.skip;
  onLinux('is in what Linux shows of its environment to processes of the same user', async () => {
    const shown = await readFile(`/proc/${worker.pid}/environ`, 'utf8');
    expect(shown).toMatch(/TEMPORAL_ADDRESS=./);
    expect(shown).toMatch(/DATABASE_URL=\0/);
    expect(shown).toMatch(/ENCRYPTION_KEYS=\0/);
    expect(shown).not.toContain('postgres://');
    expectNoneIn(shown);
  });

  test('is in its metrics', async () => {
    const metrics = await (await fetch(`${await worker.statusUrl()}/metrics`)).text();
    expect(metrics).toContain('speechsense_export_activity_seconds');
    expectNoneIn(metrics);
  });
});

/** The history as text, with every payload's base64 opened. */
function decoded(history: unknown): string {
  return JSON.stringify(history, (key, value: unknown) =>
    key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : value,
  );
}
