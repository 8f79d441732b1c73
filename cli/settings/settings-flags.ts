import { DateTime } from 'luxon';
import { type ExportSettings, parseExportSettings } from '../../settings/export-settings.ts';
import { effectivePeriod, type Period } from '../../settings/period.ts';

/** Flags of `start` and `preview` that win over the stored settings, for one export only. */
export interface SettingsFlags {
  from?: string;
  to?: string;
  user?: string[];
  direction?: ExportSettings['direction'];
  minTalk?: number;
  maxTalk?: number;
  reExport?: boolean;
}

/**
 * The stored settings with what the flags say in their place.
 *
 * @throws {SettingsInvalid} naming all the problems at once.
 */
export function mergeFlags(stored: ExportSettings, flags: SettingsFlags, timeZone: string, now: Date): ExportSettings {
  const { user, direction, minTalk, maxTalk, reExport } = flags;
  return parseExportSettings({
    ...stored,
    period: mergePeriod(stored, flags, timeZone, now),
    ...(user === undefined ? {} : { users: user.flatMap((ids) => ids.split(',')).map(userId) }),
    ...(direction === undefined ? {} : { direction }),
    talkSeconds: { min: minTalk ?? stored.talkSeconds.min, max: maxTalk ?? stored.talkSeconds.max },
    ...(reExport === undefined ? {} : { reExport }),
  });
}

/** One end alone: the other is the stored period's; without one it ends today, and begins as the default period does. */
function mergePeriod(stored: ExportSettings, { from, to }: SettingsFlags, timeZone: string, now: Date): Period | null {
  if (from === undefined && to === undefined) return stored.period;
  if (from !== undefined && to !== undefined) return { from, to };
  if (to === undefined) return { from: from ?? '', to: stored.period?.to ?? effectivePeriod(stored, timeZone, now).to };
  if (stored.period) return { from: stored.period.from, to };
  const end = DateTime.fromISO(to, { zone: timeZone });
  return { from: end.isValid ? effectivePeriod(stored, timeZone, end.toJSDate()).from : to, to };
}

/** What is not a number stays what it is, for the settings to name. */
function userId(text: string): number | string {
  return /^\d+$/.test(text.trim()) ? Number(text) : text;
}
