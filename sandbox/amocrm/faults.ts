import { z } from 'zod';
import { type Answer, nginxPage, problem } from './answers.ts';

const answerSchema = z.union([
  /** An error; 429, 502 and 504 are nginx pages unless `html` is false. `html` with 200 is a page where JSON was due. */
  z.strictObject({
    status: z.number().int().min(200).max(599),
    html: z.boolean().optional(),
    retryAfter: z.union([z.number(), z.string()]).optional(),
  }),
  /** The right answer, so much later of real time. */
  z.strictObject({ delayMs: z.number().min(0) }),
  /** The right answer in pieces of so many bytes, one each so many milliseconds of real time. */
  z.strictObject({ drip: z.strictObject({ bytes: z.number().int().positive(), everyMs: z.number().min(0) }) }),
  /** A list whose pages all hold the first one's items and a link to the next. */
  z.strictObject({ endlessNext: z.literal(true) }),
  /** No answer ever. */
  z.strictObject({ hang: z.literal(true) }),
  /** 200 and JSON that breaks off. */
  z.strictObject({ badJson: z.literal(true) }),
  /** 200 and a body that goes on until the client leaves. */
  z.strictObject({ endless: z.literal(true) }),
  /** The connection is cut before anything was done. */
  z.strictObject({ reset: z.literal(true) }),
  /** The request is carried out, then the connection is cut instead of the answer. */
  z.strictObject({ dropAnswer: z.literal(true) }),
]);

/** A fault rule of the amoCRM server. */
export const faultSchema = z.strictObject({
  part: z.literal('amocrm').optional(),
  /** Part of the path with its query, decoded; absent means every request. */
  match: z.string().optional(),
  method: z.string().optional(),
  /** How many matching requests pass unharmed first. */
  after: z.number().int().min(0).optional(),
  /** How often it strikes; null or absent: until deleted. */
  times: z.number().int().positive().nullable().optional(),
  answer: answerSchema,
});

export type FaultRule = z.infer<typeof faultSchema>;
export type FaultAnswer = z.infer<typeof answerSchema>;

interface Armed {
  rule: FaultRule;
  passed: number;
  struck: number;
}

/** The faults in force; the first rule that matches strikes. */
export class Faults {
  #armed: Armed[] = [];

  set(rules: FaultRule[]): void {
    this.#armed = rules.map((rule) => ({ rule, passed: 0, struck: 0 }));
  }

  add(rules: FaultRule[]): void {
    this.#armed.push(...rules.map((rule) => ({ rule, passed: 0, struck: 0 })));
  }

  list(): (FaultRule & { struck: number })[] {
    return this.#armed.map(({ rule, struck }) => ({ ...rule, struck }));
  }

  strike(method: string, target: string): FaultAnswer | undefined {
    for (const armed of this.#armed) {
      const { rule } = armed;
      if (rule.match !== undefined && !target.includes(rule.match)) continue;
      if (rule.method !== undefined && rule.method !== method) continue;
      if (armed.struck >= (rule.times ?? Infinity)) continue;
      if (armed.passed < (rule.after ?? 0)) {
        armed.passed += 1;
        continue;
      }
      armed.struck += 1;
      return rule.answer;
    }
    return undefined;
  }
}

/** The answer of a fault that only answers wrongly. */
export function faultyAnswer(fault: Extract<FaultAnswer, { status: number }>): Answer {
  const headers: Record<string, string> =
    fault.retryAfter === undefined ? {} : { 'Retry-After': String(fault.retryAfter) };
  const html = fault.html ?? [429, 502, 504].includes(fault.status);
  if (html) return nginxPage(fault.status, headers);
  return { ...problem(fault.status, 'Сбой, заданный в песочнице'), headers };
}
