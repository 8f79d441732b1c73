import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import type { Sentence } from '../../errors/codes.ts';
import { ExportError } from '../../errors/export-error.ts';
import { problemsOf, type SettingsProblem } from '../../settings/problems.ts';

/** A request that does not fit its route's schema: all that is wrong with it, field by field. */
export class RequestInvalid extends ExportError<'request_invalid'> {
  readonly problems: SettingsProblem[];

  constructor(problems: SettingsProblem[]) {
    const listed = (language: keyof Sentence) =>
      problems.map(({ field, message }) => `${field}: ${message[language]}`).join('; ');
    super('request_invalid', {
      values: { problems: { en: listed('en'), ru: listed('ru') } },
      ...(problems[0] ? { field: problems[0].field } : {}),
    });
    this.problems = problems;
  }
}

/** Checks what comes in against the route's zod schema. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (input: unknown) => {
    const parsed = schema.safeParse(input, { reportInput: true });
    if (parsed.success) return { value: parsed.data };
    return { error: new RequestInvalid(problemsOf(parsed.error.issues)) };
  };
