import { z } from 'zod';
import type { ExportSettings } from '../../../settings/export-settings.ts';
import { connectionInput, storedConnection } from './connection.ts';
import { sentence } from './sentence.ts';

/** As a settings file; what is absent takes its default. */
const looseSettings = z.record(z.string(), z.unknown());

export const savedSettings = z.object({
  version: z.number(),
  settings: looseSettings,
  connection: storedConnection.nullable(),
  warnings: z.array(sentence),
});
/** What is given out has been parsed: it is whole. */
export type SavedSettings = Omit<z.output<typeof savedSettings>, 'settings'> & { settings: ExportSettings };

export const settingsForm = z.strictObject({
  /** The version that the changes were made from. */
  version: z
    .number()
    .int()
    .min(0)
    .max(2 ** 31 - 1),
  settings: looseSettings,
  connection: connectionInput,
});
export type SettingsForm = z.output<typeof settingsForm>;

export const settingsOutcome = z.object({ version: z.number(), warnings: z.array(sentence) });
export type SettingsOutcome = z.output<typeof settingsOutcome>;
