import { z } from 'zod';
import { sentence } from './sentence.ts';

export const exportId = z.object({ exportId: z.uuid() });

const counts = z.record(z.string(), z.number());

export const callCounts = z.object({
  found: z.number(),
  planned: z.number(),
  exported: z.number(),
  failed: z.number(),
  waiting: z.number(),
  unconfirmed: z.number(),
  remaining: z.number(),
  skipped: counts,
});

const exportState = z.enum([
  'planning',
  'transferring',
  'settling',
  'blocked',
  'stopping',
  'completed',
  'stopped',
  'failed',
]);
export type ExportState = z.output<typeof exportState>;

/** `status --json`, and what people need beside it. */
export const exportStatus = z.object({
  exportId: z.string(),
  accountId: z.number(),
  kind: z.enum(['export', 'preview', 'retry']),
  state: exportState,
  /** The code of the error that blocks it or has ended it. */
  blockedBy: z.string().nullable(),
  /** The sentence of `blockedBy`. */
  blockedMessage: sentence.nullable(),
  /** What keeps a step from coming through just now; it is tried again by itself. */
  troubleMessage: sentence.nullable(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  etaSeconds: z.number().nullable(),
  calls: callCounts,
  failures: counts,
  talkSeconds: z.object({ planned: z.number(), exported: z.number() }),
  bytes: z.object({ uploaded: z.number() }),
  period: z.object({ from: z.string(), to: z.string() }).nullable(),
  /** It was to send again what the connection had. */
  reExport: z.boolean(),
  startedBy: z.object({ id: z.number(), name: z.string() }).nullable(),
  /** Keys of the mapping that the connection does not have. */
  droppedKeys: z.array(z.string()),
  warnings: z.array(sentence),
});
export type ExportStatus = z.output<typeof exportStatus>;

export const exportPage = z.object({ exports: z.array(exportStatus), next: z.string().nullable() });
export type ExportPage = z.output<typeof exportPage>;
