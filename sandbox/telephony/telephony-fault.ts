import { z } from 'zod';

/** Answers seen of telephony vendors in place of a recording. */
export const LIES = ['expired', 'forbidden', 'gone', 'failing', 'no-files', 'html', 'json', 'empty'] as const;

const actionSchema = z.discriminatedUnion('kind', [
  /** One of the known answers in place of the recording. */
  z.strictObject({ kind: z.literal('lie'), lie: z.enum(LIES) }),
  /** Any answer in place of the recording. */
  z.strictObject({
    kind: z.literal('answer'),
    status: z.int().min(200).max(599),
    headers: z.record(z.string(), z.string()).default({}),
    body: z.string().default(''),
  }),
  /** 503 with Retry-After. */
  z.strictObject({ kind: z.literal('unavailable'), retryAfterSeconds: z.int().nonnegative() }),
  /** The connection is closed without an answer. */
  z.strictObject({ kind: z.literal('drop') }),
  /** The connection is kept, and nothing is ever said. */
  z.strictObject({ kind: z.literal('silence') }),
  z.strictObject({ kind: z.literal('first-byte'), delayMs: z.number().nonnegative() }),
  z.strictObject({ kind: z.literal('slow'), bytesPerSecond: z.number().positive() }),
  /** So few bytes at a time that a stall limit may not notice. */
  z.strictObject({ kind: z.literal('drip'), bytes: z.int().positive(), everyMs: z.number().positive() }),
  /** The body ends early; with `until-close` nothing in HTTP shows it. */
  z.strictObject({
    kind: z.literal('cut'),
    afterBytes: z.int().nonnegative(),
    framing: z.enum(['length', 'chunked', 'until-close']).default('length'),
  }),
  /** Sends so many bytes and then nothing, the connection open. */
  z.strictObject({ kind: z.literal('stall'), afterBytes: z.int().nonnegative() }),
  /** Encoded with gzip, whether the client takes it or not. */
  z.strictObject({ kind: z.literal('gzip') }),
  z.strictObject({ kind: z.literal('no-length') }),
  z.strictObject({ kind: z.literal('content-type'), contentType: z.string() }),
  /** To a login page, unless told where else. */
  z.strictObject({ kind: z.literal('redirect'), to: z.string().default('/login') }),
  /** To itself, with a counter in the query. */
  z.strictObject({ kind: z.literal('redirect-loop') }),
]);

const faultSchema = z.strictObject({
  /** Only this recording; all if absent. */
  worldId: z.string().optional(),
  /** Lets so many matching requests pass first. */
  after: z.int().nonnegative().default(0),
  /** Strikes so many times; absent or null, until the plan is replaced. */
  times: z.int().positive().nullish(),
  action: actionSchema,
});

export const telephonyFaultsSchema = z.array(faultSchema);
export type TelephonyAction = z.infer<typeof actionSchema>;
type TelephonyFault = z.infer<typeof faultSchema>;

/** The faults in force; the first that fits strikes. */
export class TelephonyFaults {
  #faults: TelephonyFault[] = [];

  replace(faults: TelephonyFault[]): void {
    this.#faults = faults.map((fault) => ({ ...fault }));
  }

  list(): TelephonyFault[] {
    return this.#faults;
  }

  /** The fault of this request, used up by asking. */
  strike(worldId: string): TelephonyAction | undefined {
    for (const fault of this.#faults) {
      if (fault.worldId !== undefined && fault.worldId !== worldId) continue;
      if (fault.after > 0) {
        fault.after -= 1;
        continue;
      }
      if (typeof fault.times === 'number') fault.times -= 1;
      if (fault.times === 0) this.#faults = this.#faults.filter((other) => other !== fault);
      return fault.action;
    }
    return undefined;
  }
}
