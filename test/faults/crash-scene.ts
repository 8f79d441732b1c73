import { expect } from '@jest/globals';
import { sql } from 'kysely';
import type { ExportStatus } from '../../client/exports/status.ts';
import { openDatabase } from '../../ledger/database/database.ts';
import { TWO_CHANNEL_KEYS } from '../../sandbox/speechsense/connection.ts';
import { closeGate, type LedgerGate } from '../support/ledger-gate.ts';
import { expectToAddUp, expectWhole, recordedCalls } from '../support/promises.ts';
import { createStage, type Stage } from '../support/stage.ts';
import { waitFor } from '../support/wait-for.ts';

export interface Circumstances {
  behaviour?: Record<string, unknown>;
  withinSeconds?: number;
  withoutCallId?: boolean;
}

/** A moment at which a worker is killed: how the export is brought there, and what becomes of what it had under way. */
export interface Boundary {
  /** Faults that lead there, in force from the start. */
  faults?: { telephony?: object[]; speechsense?: object[] };
  /** Resolves at the moment. */
  reached: (scene: CrashScene) => Promise<unknown>;
  /** After the kill: what other parts do with the dead worker's last wishes. */
  after?: (scene: CrashScene) => Promise<unknown>;
}

/** One export with a stage of its own, so that scenes can be played side by side: most of their time is waiting. */
export class CrashScene {
  readonly stage: Stage;
  #gate: LedgerGate | undefined;

  private constructor(stage: Stage) {
    this.stage = stage;
  }

  /** Sets a scene, plays it and clears it away. */
  static async play(
    { behaviour = {}, withinSeconds = 90, withoutCallId = false }: Circumstances,
    acts: (scene: CrashScene) => Promise<void>,
  ): Promise<void> {
    const stage = await createStage({
      sandbox: { calls: 26, talkScale: 0.2, streamWindowBytes: 16 * 1024 },
      pace: { batchSize: 26, lanes: 3, openBatches: 1, heartbeatSeconds: 4 },
      environment: {
        CONFIRM_AFTER_SECONDS: '1',
        CONFIRM_WITHIN_SECONDS: String(withinSeconds),
        CONFIRM_ABSENT_AFTER_SECONDS: '1',
      },
    });
    const scene = new CrashScene(stage);
    try {
      await stage.control('speechsense', 'PUT', '/behaviour', { indexDelayMs: 500, ...behaviour });
      if (withoutCallId) {
        const connection = `/connections/${stage.sandbox.connectionId}`;
        await stage.control('speechsense', 'PUT', connection, { keys: TWO_CHANNEL_KEYS });
      }
      await acts(scene);
    } finally {
      await scene.openGate();
      await stage.close();
    }
  }

  /** Brings an export to the boundary, kills its worker there, and lets another one bring it to its end. */
  async killAt({ faults = {}, reached, after }: Boundary): Promise<ExportStatus> {
    const { stage } = this;
    await this.#setFaults(faults);
    const worker = await stage.startWorker();
    const exportId = await stage.exports.start(stage.accountId, stage.settings());
    await reached(this);
    await worker.kill9();
    await after?.(this);
    await this.#setFaults({});
    await stage.startWorker();
    return stage.finished(exportId, 120_000);
  }

  async #setFaults(faults: NonNullable<Boundary['faults']>): Promise<void> {
    for (const part of ['telephony', 'speechsense'] as const) {
      await this.stage.control(part, 'PUT', '/faults', faults[part] ?? []);
    }
  }

  get uploads() {
    return this.stage.sandbox.speechsense.counters().uploads;
  }

  struck(times: number): Promise<unknown> {
    const { speechsense } = this.stage.sandbox;
    return waitFor(() => speechsense.counters().faultsStruck >= times, { what: `${times} faults to strike` });
  }

  stored(talks: number): Promise<unknown> {
    return waitFor(() => this.uploads.stored >= talks, { what: 'some talks' });
  }

  settling(): Promise<unknown> {
    const { exports, accountId } = this.stage;
    return waitFor(async () => (await exports.status(accountId)).state === 'settling', { what: 'it to settle' });
  }

  /** From now on SpeechSense's search shows talks so long after they were stored, those of before as well. */
  indexes(indexDelayMs: number | 'never'): Promise<void> {
    return this.stage.control('speechsense', 'PUT', '/behaviour', { indexDelayMs });
  }

  async closeGate(): Promise<LedgerGate> {
    return (this.#gate ??= await closeGate(this.stage.environment['DATABASE_URL'] ?? ''));
  }

  /** Waits until a statement with one of these texts is held at the ledger's gate; answers which. */
  async gateHolds(...fragments: string[]): Promise<string> {
    const gate = await this.closeGate();
    return gate.holds(...fragments);
  }

  /** What is held at the gate never happens. */
  async nothingWritten(): Promise<void> {
    await this.#gate?.killHeld();
    await this.openGate();
  }

  async openGate(): Promise<void> {
    await this.#gate?.open();
    this.#gate = undefined;
  }

  /** By then absence can be proved of recordings of any size. */
  async timePasses(): Promise<void> {
    const db = openDatabase(this.stage.environment['DATABASE_URL'] ?? '');
    await sql`update talks set committed_at = committed_at - interval '1 minute'`.execute(db);
    await db.destroy();
  }

  /** Judged by what SpeechSense itself has: every recording once and whole, and a report that says the same. */
  async expectOnceEach(status: ExportStatus): Promise<void> {
    const { stage } = this;
    const report = await stage.report(status.exportId);
    expect(status.state).toBe('completed');
    expectToAddUp(status, report);
    expect(stage.sandbox.speechsense.talksPer('audio').doubled).toEqual({});
    expect(stage.sandbox.speechsense.talks()).toHaveLength(recordedCalls(stage));
    await expectWhole(stage);
    const talkIds = report.filter(({ state }) => state === 'exported').map(({ talk_id }) => talk_id);
    expect(new Set(talkIds).size).toBe(talkIds.length);
  }
}
