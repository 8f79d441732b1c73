import { z } from 'zod';
import { storedConnection } from './connection.ts';
import { exportStatus } from './export-status.ts';
import { sentence } from './sentence.ts';

const accountView = z.object({
  accountId: z.number(),
  host: z.string(),
  name: z.string(),
  timeZone: z.string(),
  state: z.enum(['active', 'reauth_required', 'not_connected']),
  message: sentence.nullable(),
});
export type AccountView = z.output<typeof accountView>;

const completedExport = z.object({
  exportId: z.string(),
  period: z.object({ from: z.string(), to: z.string() }).nullable(),
  finishedAt: z.string(),
  exported: z.number(),
});
export type CompletedExport = z.output<typeof completedExport>;

/** How the account and its running (else last) export stand. */
export const status = z.object({
  account: accountView,
  connection: storedConnection.nullable(),
  settingsVersion: z.number(),
  audioConversion: z.boolean(),
  export: exportStatus.nullable(),
  /** The last one that came to its end; null where that is `export` itself. */
  lastCompleted: completedExport.nullable(),
});
export type Status = z.output<typeof status>;
