import { parseExportSettings, SettingsInvalid, type SettingsProblem } from '../../settings/export-settings.ts';

/** What is wrong with these settings; nothing where they are valid. */
export function problemsOf(input: unknown): SettingsProblem[] {
  try {
    parseExportSettings(input);
  } catch (error) {
    if (error instanceof SettingsInvalid) return error.problems;
    throw error;
  }
  return [];
}
