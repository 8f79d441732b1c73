import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { GuardedProcess } from '../scripts/servers/guarded-process.ts';
import type { transferBatch } from '../workflows/transfer-batch.ts';
import { startChild } from './child-process.ts';
import type { Clouds } from './clouds.ts';
import { ENCRYPTION_KEYS } from './seeded-ledger.ts';
import type { BenchStage } from './stage.ts';

/** The product's worker as it runs in production: a process of its own. */
export interface ProductWorker {
  pid: number;
  /** Carries a batch of an export, so many calls at a time, by the product's own workflow. */
  transferBatch(exportId: string, batch: number, lanes: number): Promise<void>;
  stop(): Promise<void>;
}

const STOP_WITHIN_MS = 30_000;

export async function startProductWorker(
  stage: BenchStage,
  databaseUrl: string,
  clouds: Clouds,
): Promise<ProductWorker> {
  const { address } = await stage.temporal();
  const taskQueue = `bench-${randomUUID()}`;
  const worker: GuardedProcess = await startChild('worker/main.ts', {
    profileFolder: stage.profileFolder,
    env: {
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: address,
      TEMPORAL_TASK_QUEUE: taskQueue,
      ENCRYPTION_KEYS,
      SPEECHSENSE_ENDPOINT: clouds.speechsense,
      SPEECHSENSE_TLS: 'false',
      INSECURE_HOSTS: new URL(clouds.telephony).host,
      WORKER_METRICS_PORT: '0',
      LOG_LEVEL: 'warn',
    },
  });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  return {
    pid: worker.pid,
    transferBatch: async (exportId, batch, lanes) => {
      const transferring = client.workflow.execute<typeof transferBatch>('transferBatch', {
        workflowId: `${exportId}/batch-${batch}`,
        taskQueue: `${taskQueue}-transfer`,
        args: [{ exportId, batch, pace: { lanes, heartbeatSeconds: 30 }, stepQueue: taskQueue }],
      });
      const ended = worker.exited.then(() => {
        throw new Error(`the worker ended; its last words:\n${worker.lastOutput()}`);
      });
      await Promise.race([transferring, ended]);
    },
    stop: async () => {
      await connection.close();
      await worker.stop('SIGTERM', STOP_WITHIN_MS);
    },
  };
}
