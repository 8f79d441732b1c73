import { z } from 'zod';

/** How this account differs from another one; moved at run time through the control interface. */
export const switchesSchema = z.strictObject({
  /** The paid option "API filtering": off, filters of entity lists are silently ignored. */
  apiFilter: z.boolean(),
  /** The token is not an administrator's: the list of users is forbidden. */
  usersForbidden: z.boolean(),
  /** What customers' routes answer when the account does not use customers, or has not paid for them (402). */
  customersOffStatus: z.literal([422, 425, 426, 402, 404, 204]),
  /** Events surface so many seconds after they happened. */
  eventDelaySeconds: z.number().min(0),
  /** After each page of notes so many of those already read are edited, oldest reading first: colleagues at work meanwhile. */
  editsPerNotesPage: z.number().int().min(0),
});

export type Switches = z.infer<typeof switchesSchema>;

export const DEFAULT_SWITCHES: Switches = {
  apiFilter: true,
  usersForbidden: false,
  customersOffStatus: 422,
  eventDelaySeconds: 0,
  editsPerNotesPage: 0,
};
