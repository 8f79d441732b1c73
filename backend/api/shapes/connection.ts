import { z } from 'zod';
import { sentence } from './sentence.ts';

/** A form's text field. */
const formText = (maxLength: number) => z.string().max(maxLength);

/** A connection with its key's last four characters. */
export const storedConnection = z.object({ connectionId: z.string(), language: z.string(), apiKeyTail: z.string() });
export type StoredConnection = z.output<typeof storedConnection>;

/** Without `apiKey` the stored key stays. */
export const connectionInput = z.strictObject({
  connectionId: formText(200),
  language: formText(50),
  apiKey: formText(8192).optional(),
});
export type ConnectionInput = z.output<typeof connectionInput>;

export const connectionOutcome = z.object({
  ok: z.boolean(),
  code: z.string().nullable(),
  message: sentence,
  requestId: z.string(),
});
export type ConnectionOutcome = z.output<typeof connectionOutcome>;

/** `standard`: every connection has this key from the start. */
const connectionKey = z.object({ key: z.string(), title: sentence, standard: z.boolean() });
export type ConnectionKey = z.output<typeof connectionKey>;

export const connectionKeys = z.object({ keys: z.array(connectionKey) });
