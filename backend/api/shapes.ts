import { z } from 'zod';

/** What several routes answer. Whatever is not named here does not leave the backend. */

export const sentence = z.object({ ru: z.string(), en: z.string() });

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

/** `status --json`, and what people need beside it. */
export const exportStatus = z.object({
  exportId: z.string(),
  accountId: z.number(),
  kind: z.string(),
  state: z.string(),
  blockedBy: z.string().nullable(),
  /** The sentence of `blockedBy`. */
  blockedMessage: sentence.nullable(),
  startedAt: z.string(),
  finishedAt: z.string().nullable(),
  etaSeconds: z.number().nullable(),
  calls: callCounts,
  failures: counts,
  talkSeconds: z.object({ planned: z.number(), exported: z.number() }),
  bytes: z.object({ uploaded: z.number() }),
  period: z.object({ from: z.string(), to: z.string() }).nullable(),
  startedBy: z.object({ id: z.number(), name: z.string() }).nullable(),
  droppedKeys: z.array(z.string()),
  warnings: z.array(sentence),
});

/** A connection with its key's last four characters. */
export const storedConnection = z.object({ connectionId: z.string(), language: z.string(), apiKeyTail: z.string() });

export const exportId = z.object({ exportId: z.uuid() });

/** A form's text field: what is longer is no field of ours. */
export const formText = (most: number) => z.string().max(most);
