import { z } from 'zod';
import { FAILURE_REASONS, WAITING_REASONS } from '../../../errors/reasons.ts';

const REASONS = [...FAILURE_REASONS, ...WAITING_REASONS];

/** The page repeats the reasons of a status, which may be of a newer version: any string, refused if not known here. */
const reason = z.string().meta({ enum: REASONS }).pipe(z.enum(REASONS));

/** No reason means every reason. */
export const retryChoice = z.strictObject({
  reasons: z.array(reason).max(50).default([]),
  unconfirmed: z.boolean().default(false),
});
export type RetryChoice = z.input<typeof retryChoice>;
