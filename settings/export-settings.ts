import { DateTime } from 'luxon';
import { z } from 'zod';
import type { Sentence } from '../errors/codes.ts';
import { ExportError } from '../errors/export-error.ts';
import { mapping } from './mapping.ts';
import { problemsOf, type SettingsProblem } from './problems.ts';
import { recordingHosts } from './recording-hosts.ts';
import { wrong } from './wrong.ts';

/** A call date as the settings hold it: a calendar day of the account's time zone. */
const day = z.string().refine(isDay, wrong('expected a date such as 2026-11-22', 'нужна дата вида 2026-11-22'));

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text).isValid;
}

const seconds = z
  .number()
  .int()
  .min(0)
  .max(24 * 3600);

const userId = z.custom<number>(
  (id) => Number.isSafeInteger(id) && Number(id) > 0,
  wrong('expected the number of an amoCRM user; see `users`', 'нужен номер сотрудника amoCRM; см. `users`'),
);

/** More than an account has; a list as long as a request would make its answer many times longer. */
const MAX_USERS = 2_000;
const MAX_GROUPS = 200;

const exportSettingsSchema = z.strictObject({
  /** Both days included, in the account's time zone; null is the last seven days with today. */
  period: z
    .strictObject({ from: day, to: day })
    .refine(({ from, to }) => from <= to || !isDay(from) || !isDay(to), {
      path: ['from'],
      ...wrong('the first day is later than the last one', 'первый день позже последнего'),
    })
    .nullable()
    .default(null),
  /** amoCRM user ids; empty, with no groups either, means every user. */
  users: z.array(userId).max(MAX_USERS).default([]),
  /** Names of amoCRM's user groups: who is in them when an export starts is added to the users. */
  groups: z.array(z.string().trim().min(1).max(200)).max(MAX_GROUPS).default([]),
  direction: z.enum(['all', 'outgoing', 'incoming']).default('all'),
  /** Upload calls again that this SpeechSense connection already has. */
  reExport: z.boolean().default(false),
  /** Bounds of the talk length in seconds, both included; 0 is no bound. */
  talkSeconds: z
    .strictObject({ min: seconds.default(0), max: seconds.default(0) })
    .refine(({ min, max }) => max === 0 || min <= max, {
      path: ['min'],
      ...wrong('the minimum exceeds the maximum', 'минимум больше максимума'),
    })
    .default({ min: 0, max: 0 }),
  /** What a minute of talk costs by the account's contract, and since when that is known; null: by the tariff file. */
  price: z
    .strictObject({ roublesPerMinute: z.number().positive().max(10_000), date: day })
    .nullable()
    .default(null),
  /**
   * Calls too that hang on unsorted leads of the telephony (category sip) and have no note yet. Off by default: most
   * telephonies note such a call once the lead is accepted, and reading them costs requests.
   */
  unsorted: z.boolean().default(false),
  /** The account's own telephony on a private network; empty: recordings come from the public internet only. */
  recordingHosts,
  mapping,
});

/** What is exported and how: the meaning of the settings page, one to one. */
export type ExportSettings = z.output<typeof exportSettingsSchema>;

/**
 * Settings from outside (a file, a request) with every absent part at its default.
 *
 * @throws {SettingsInvalid} naming all the problems at once, each with its field.
 */
export function parseExportSettings(input: unknown): ExportSettings {
  const parsed = exportSettingsSchema.safeParse(input, { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new SettingsInvalid(problemsOf(parsed.error.issues));
}

/** All that is wrong with the settings, field by field. */
export class SettingsInvalid extends ExportError<'settings_invalid'> {
  readonly problems: SettingsProblem[];

  constructor(problems: SettingsProblem[]) {
    super('settings_invalid', {
      values: { problems: { en: listed(problems, 'en'), ru: listed(problems, 'ru') } },
      ...(problems[0] ? { field: problems[0].field } : {}),
    });
    this.problems = problems;
  }
}

function listed(problems: readonly SettingsProblem[], language: keyof Sentence): string {
  return problems.map(({ field, message }) => `${field}: ${message[language]}`).join('; ');
}
