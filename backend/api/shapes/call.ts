import { z } from 'zod';
import { CALL_STATES } from '../../../client/reports/call-states.ts';
import { sentence } from './sentence.ts';

const call = z.object({
  call_id: z.number(),
  note_id: z.number(),
  started_at: z.string(),
  talk_seconds: z.number().nullable(),
  direction: z.enum(['incoming', 'outgoing']),
  operator_name: z.string().nullable(),
  entity_type: z.string(),
  entity_id: z.number(),
  card_link: z.string(),
  state: z.enum(CALL_STATES),
  reason: z.string().nullable(),
  reasonText: sentence.nullable(),
  talk_id: z.string().nullable(),
  attempts: z.number(),
});
export type Call = z.output<typeof call>;

export const callPage = z.object({ calls: z.array(call), next: z.string().nullable() });
export type CallPage = z.output<typeof callPage>;
