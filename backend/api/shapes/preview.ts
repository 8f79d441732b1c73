import { z } from 'zod';
import { callCounts } from './export-status.ts';
import { sentence } from './sentence.ts';

export const preview = z.object({
  state: z.enum(['planning', 'completed', 'failed']),
  error: z.object({ code: z.string(), message: sentence }).nullable(),
  calls: callCounts.pick({ found: true, planned: true, skipped: true, failed: true, waiting: true, unconfirmed: true }),
  talkSeconds: z.object({ planned: z.number() }),
  estimate: z.object({ requests: z.number(), seconds: z.number(), roubles: z.number().nullable() }).nullable(),
  warnings: z.array(sentence),
});
export type Preview = z.output<typeof preview>;
