import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import type { Sentence } from '../../errors/codes.ts';
import { ExportError } from '../../errors/export-error.ts';
import { problemsOf, type SettingsProblem } from '../../settings/export-settings.ts';

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

/** More tell nobody anything. */
const MOST_PROBLEMS = 20;
const MOST_LETTERS = 200;

/** Checks what comes in against the route's zod schema. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (input: unknown) => {
    const parsed = schema.safeParse(input, { reportInput: true });
    if (parsed.success) return { value: parsed.data };
    const problems = parsed.error.issues.slice(0, MOST_PROBLEMS).flatMap(problemsOf).slice(0, MOST_PROBLEMS);
    return {
      error: new RequestInvalid(
        // Names of unknown fields are the sender's words.
        problems.map(({ field, message }) => ({ field: field.slice(0, MOST_LETTERS), message })),
      ),
    };
  };
