import { z } from 'zod';

import { CODINGS } from './coding.ts';
import { ODD_HEADS } from './odd-head.ts';

/** Answers seen of telephony vendors in place of a recording. */
export const LIES = [
  'expired',
  'forbidden',
  'gone',
  'failing',
  'no-files',
  'html',
  'json',
  'empty',
  'processing',
  'no-content',
  'conflict',
  'locked',
  's3-no-key',
  's3-denied',
  's3-expired',
  's3-token-expired',
  'gcs-expired',
  'azure-expired',
] as const;

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
  /** The recording behind a head that breaks HTTP's rules. */
  z.strictObject({ kind: z.literal('odd-head'), head: z.enum(ODD_HEADS) }),
  /** Nothing of HTTP at all, and the end. */
  z.strictObject({ kind: z.literal('not-http') }),
  /** `Content-Encoding` as told, a line for each, whatever was really done to the bytes. */
  z.strictObject({
    kind: z.literal('encoded'),
    says: z.array(z.string()).min(1),
    is: z.array(z.enum(CODINGS)).default([]),
  }),
  /** The recording, or its first half, with another status than 200 and, with 206, a range that was not asked for. */
  z.strictObject({
    kind: z.literal('status'),
    status: z.literal([201, 203, 206]),
    range: z.enum(['whole', 'unknown-size', 'miscounted', 'half']).default('whole'),
  }),
  /** Zeros, packed. */
  z.strictObject({ kind: z.literal('bomb'), coding: z.enum(CODINGS), sizeBytes: z.int().positive() }),
  /** Zeros without end, or with one that is far. */
  z.strictObject({
    kind: z.literal('flood'),
    sizeBytes: z.int().positive(),
    framing: z.enum(['length', 'chunked']).default('length'),
  }),
  /** So many redirects before the recording, with the call's name in its Location as bytes of some encoding. */
  z.strictObject({
    kind: z.literal('redirects'),
    hops: z.int().positive(),
    encoding: z.enum(['ascii', 'utf-8', 'windows-1251']).default('ascii'),
    /** The Location stands twice. */
    twice: z.boolean().default(false),
    /** The target wants the cookie that the redirect sets. */
    cookie: z.boolean().default(false),
  }),
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
