import { parseExportSettings, SettingsInvalid } from '../../settings/export-settings.ts';
import type { SettingsProblem } from '../../settings/problems.ts';

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
