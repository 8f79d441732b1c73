import type { Period } from '../api/types.ts';
import { intlTimeZone } from '../text/formats.ts';

export const PRESETS = ['yesterday', 'week', 'thisMonth', 'lastMonth'] as const;
export type Preset = (typeof PRESETS)[number];

/** A ready period in the account's calendar; «7 дней» and «Этот месяц» end with today. */
export function presetPeriod(preset: Preset, now: Date, timeZone: string): Period {
  const today = calendarDay(now, timeZone);
  switch (preset) {
    case 'yesterday':
      return { from: daysBefore(today, 1), to: daysBefore(today, 1) };
    case 'week':
      return { from: daysBefore(today, 6), to: today };
    case 'thisMonth':
      return { from: firstOfMonth(today), to: today };
    case 'lastMonth': {
      const to = daysBefore(firstOfMonth(today), 1);
      return { from: firstOfMonth(to), to };
    }
  }
}

/** The date that the account's clock shows, `2026-11-22`. */
export function calendarDay(now: Date, timeZone: string): string {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
  try {
    // The Swedish form of a date is the ISO one.
    return new Intl.DateTimeFormat('sv-SE', { ...options, timeZone: intlTimeZone(timeZone) }).format(now);
  } catch {
    return new Intl.DateTimeFormat('sv-SE', options).format(now);
  }
}

function daysBefore(day: string, days: number): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - days);
  return date.toISOString().slice(0, 10);
}

function firstOfMonth(day: string): string {
  return `${day.slice(0, 8)}01`;
}
