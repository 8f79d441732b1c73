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

/** How the account and its running (else last) export stand. */
export const status = z.object({
  account: accountView,
  connection: storedConnection.nullable(),
  settingsVersion: z.number(),
  audioConversion: z.boolean(),
  export: exportStatus.nullable(),
});
export type Status = z.output<typeof status>;
