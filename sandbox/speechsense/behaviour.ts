import { z } from 'zod';

const nonNegative = z.number().nonnegative();

/** What may be switched while the server runs. The defaults are what is documented or was observed; the rest is unknown. */
export const behaviourSchema = z.strictObject({
  /** Time from an upload to its first appearance in Search, on the sandbox's clock. */
  indexDelayMs: z.union([nonNegative, z.literal('never')]).default(2_000),
  /** What each KiB of its recording adds to that: a long talk is overtaken by shorter ones that came after it. */
  indexDelayMsPerKib: nonNegative.default(0),
  /** Time in which a talk goes through all algorithms, on the sandbox's clock. */
  processingMs: nonNegative.default(5_000),
  /** `no-role`: the API key is right, but its service account has no role here. */
  access: z.enum(['granted', 'no-role']).default('granted'),
  unknownConnection: z.enum(['not-found', 'permission-denied', 'invalid-argument']).default('not-found'),
  /** When a stream's connection and metadata are checked: with its first message, or after the last one. */
  metadataCheckedAt: z.enum(['first-message', 'half-close']).default('first-message'),
  /** Keys without which an upload is refused; none is known to be enforced. */
  requiredKeys: z.array(z.string()).default([]),
  /** A value that is not of its key's type. */
  badValue: z.enum(['refuse', 'drop']).default('refuse'),
  /** A string value of more than 1,024 bytes. */
  longString: z.enum(['refuse', 'truncate', 'keep']).default('refuse'),
  /** Whether END_STREAM followed by RST_STREAM makes a talk of what came before. */
  storesBeforeReset: z.boolean().default(true),
  /** `Get` without a mask: the proto says everything, the gRPC guide basic information only. */
  unsetMask: z.enum(['everything', 'basic']).default('everything'),
  /** `Get` of a talk whose index delay is not over. */
  unindexedGet: z.enum(['absent', 'not-found', 'visible']).default('absent'),
  /** `Get` of an id that does not exist. */
  missingTalk: z.enum(['absent', 'not-found']).default('absent'),
  /** Search by a metadata key that the connection does not have. */
  unknownFilterKey: z.enum(['matches-nothing', 'refuse']).default('matches-nothing'),
  /** Whether Search wants all of organization, space, connection and project. */
  searchNeedsAllIds: z.boolean().default(false),
  /** Whether Search counts towards the quota; the documented rows name reading dialogs only. */
  quotaCountsSearch: z.boolean().default(true),
  /** Requests per project for reading talks; `null` for no quota. */
  quota: z
    .strictObject({ perSecond: z.number(), perMinute: z.number(), perHour: z.number(), perDay: z.number() })
    .nullable()
    .default({ perSecond: 20, perMinute: 200, perHour: 2_000, perDay: 20_000 }),
  /** Talks older than this are gone. */
  retentionDays: nonNegative.default(90),
  /** Longest message of a stream. Not documented; 4 MiB is what gRPC servers have unless told otherwise. */
  maxMessageBytes: z
    .number()
    .positive()
    .default(4 * 1024 * 1024),
});

export type Behaviour = z.infer<typeof behaviourSchema>;

/** The behaviour with nothing switched. */
export function defaultBehaviour(): Behaviour {
  return behaviourSchema.parse({});
}
