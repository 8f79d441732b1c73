import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { startChild } from './child-process.ts';
import type { Clouds } from './clouds.ts';
import type { bareRun, BareRun } from './bare-workflows.ts';
import type { BenchStage } from './stage.ts';

/** The bare pipe as an activity of a bare workflow, in a process of its own. */
export interface PipeWorker {
  pid: number;
  transfer(run: BareRun): Promise<void>;
  stop(): Promise<void>;
}

const STOP_WITHIN_MS = 30_000;

export async function startPipeWorker(
  stage: BenchStage,
  clouds: Clouds,
  links: string[],
  batchSize: number,
): Promise<PipeWorker> {
  const { address } = await stage.temporal();
  const { speechsense, apiKey, connectionId } = clouds;
  const taskQueue = `bench-${randomUUID()}`;
  const job = { temporal: address, taskQueue, speechsense, apiKey, connectionId, links, batchSize };
  const worker = await startChild('bench/pipe-worker-process.ts', { args: [JSON.stringify(job)] });
  const connection = await Connection.connect({ address });
  const client = new Client({ connection });
  return {
    pid: worker.pid,
    transfer: async (run) => {
      const workflowId = `pipe-${randomUUID()}`;
      const options = { workflowId, taskQueue, args: [run] satisfies [BareRun] };
      const transferring = client.workflow.execute<typeof bareRun>('bareRun', options);
      const ended = worker.exited.then(() => {
        throw new Error(`the worker of the bare pipe ended; its last words:\n${worker.lastOutput()}`);
      });
      await Promise.race([transferring, ended]);
    },
    stop: async () => {
      await connection.close();
      await worker.stop('SIGTERM', STOP_WITHIN_MS);
    },
  };
}
