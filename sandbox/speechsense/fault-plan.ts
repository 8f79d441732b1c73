import { z } from 'zod';

/** Where in a call a fault strikes. Search and Get have only their start. */
const FAULT_STAGES = [
  /** Before anything of the request is read. */
  'start',
  /** In the middle of an upload, once `afterBytes` of audio have come. */
  'mid-stream',
  /** The upload is complete, and nothing is stored. */
  'half-closed',
  /** The talk is stored, and its id is not told. */
  'stored',
] as const;
export type FaultStage = (typeof FAULT_STAGES)[number];

const actionSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('status'), code: z.int().min(1).max(16), message: z.string().default('Fault') }),
  /** RST_STREAM of this stream alone. */
  z.strictObject({ kind: z.literal('reset'), code: z.int().default(2) }),
  /** The connection is cut, with all its streams. */
  z.strictObject({ kind: z.literal('drop') }),
  z.strictObject({ kind: z.literal('silence') }),
  /** GOAWAY: this call goes on, the next one needs another connection. */
  z.strictObject({ kind: z.literal('goaway') }),
  z.strictObject({ kind: z.literal('slow'), bytesPerSecond: z.number().positive() }),
  /** The answer comes this much later, by real time. */
  z.strictObject({ kind: z.literal('delay'), delayMs: z.number().nonnegative() }),
]);

const faultSchema = z.strictObject({
  rpc: z.enum(['UploadAsStream', 'Upload', 'Search', 'Get']).default('UploadAsStream'),
  at: z.enum(FAULT_STAGES).default('start'),
  afterBytes: z.number().nonnegative().default(0),
  /** Strikes only uploads that have these metadata values; not at the start, where they are not known yet. */
  fields: z.record(z.string(), z.string()).default({}),
  /** Lets so many matching calls pass first. */
  after: z.int().nonnegative().default(0),
  /** Strikes so many times; absent or null, until the plan is replaced. */
  times: z.int().positive().nullish(),
  action: actionSchema,
});

export const faultPlanSchema = z.array(faultSchema);
export type FaultAction = z.infer<typeof actionSchema>;
export type Fault = z.infer<typeof faultSchema>;

/** What a call has come to when the plan is asked. */
export interface FaultMoment {
  rpc: string;
  at: FaultStage;
  audioBytes?: number;
  fields?: Record<string, string>;
  /** Faults that this call was let through by; it is not asked twice. */
  passed?: Set<Fault>;
}

/** The faults in force; the first that fits strikes. */
export class FaultPlan {
  #faults: Fault[] = [];
  struck = 0;

  replace(faults: Fault[]): void {
    this.#faults = faults.map((fault) => ({ ...fault }));
  }

  list(): Fault[] {
    return this.#faults;
  }

  /** The fault of this moment, used up by asking. */
  strike(moment: FaultMoment): FaultAction | undefined {
    for (const fault of this.#faults) {
      if (!fits(fault, moment) || moment.passed?.has(fault) === true) continue;
      moment.passed?.add(fault);
      if (fault.after > 0) {
        fault.after -= 1;
        continue;
      }
      if (typeof fault.times === 'number') fault.times -= 1;
      if (fault.times === 0) this.#faults = this.#faults.filter((other) => other !== fault);
      this.struck += 1;
      return fault.action;
    }
    return undefined;
  }
}

function fits(fault: Fault, moment: FaultMoment): boolean {
  return (
    fault.rpc === moment.rpc &&
    fault.at === moment.at &&
    (moment.audioBytes ?? 0) >= fault.afterBytes &&
    Object.entries(fault.fields).every(([key, value]) => moment.fields?.[key] === value)
  );
}
