import { SettingsInvalid } from '../../settings/export-settings.ts';

/** Parses a part of a request: what is wrong with it is named by its place in the whole. */
export function under<T>(field: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof SettingsInvalid)) throw error;
    throw new SettingsInvalid(
      error.problems.map((problem) => ({ ...problem, field: `${field}.${problem.field}`.slice(0, 200) })),
    );
  }
}
