import { executeChild, proxyActivities } from '@temporalio/workflow';

/** What the bare workflows call. */
export interface BareActivities {
  prepare(batch: number): Promise<number[]>;
  step(call: number): Promise<void>;
}

export interface BareRun {
  batches: number;
  openBatches: number;
  lanes: number;
}

const { prepare, step } = proxyActivities<BareActivities>({ startToCloseTimeout: '10m', heartbeatTimeout: '30s' });

/** Batches as children, a few at a time: the shape of an export and nothing of its duties. */
export async function bareRun({ batches, openBatches, lanes }: BareRun): Promise<void> {
  const remaining = Array.from({ length: batches }, (_, batch) => batch);
  async function open(): Promise<void> {
    for (let batch = remaining.shift(); batch !== undefined; batch = remaining.shift()) {
      await executeChild(bareBatch, { args: [batch, lanes] });
    }
  }
  await Promise.all(Array.from({ length: openBatches }, open));
}

/** One activity a call, in lanes. */
export async function bareBatch(batch: number, lanes: number): Promise<void> {
  const calls = await prepare(batch);
  async function lane(): Promise<void> {
    for (let call = calls.shift(); call !== undefined; call = calls.shift()) await step(call);
  }
  await Promise.all(Array.from({ length: lanes }, lane));
}
