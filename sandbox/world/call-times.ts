import { DateTime } from 'luxon';
import type { Random } from './random.ts';

export interface Span {
  now: number;
  days: number;
  timeZone: string;
}

const WEEKDAY_WEIGHTS = [0, 10, 11, 11, 11, 10, 3, 1.5];
const HOUR_WEIGHTS = [[9, 8], [10, 14], [11, 15], [12, 12], [13, 8], [14, 11], [15, 12], [16, 10], [17, 8], [18, 5], [19, 3], [20, 1], [7, 0.5], [23, 0.3], [0, 0.2]] as const; // prettier-ignore

/** The starts of so many calls over the last days, ascending, as an office's telephone rings: by weekday and hour of its zone. */
export function callTimes(random: Random, count: number, span: Span): number[] {
  const today = DateTime.fromSeconds(span.now, { zone: span.timeZone }).startOf('day');
  const days = Array.from({ length: span.days + 1 }, (_, back) => today.minus({ days: back })).map(
    (day) => [Math.floor(day.toSeconds()), WEEKDAY_WEIGHTS[day.weekday] ?? 1] as const,
  );
  const oldest = span.now - span.days * 86_400;
  // The longest talk and its posting still fit before now.
  const newest = span.now - 900;

  const times = Array.from({ length: count }, (_, nth) => {
    // Whatever the weekday, some calls are so young that their recordings may still come.
    if (nth < 5 && count >= 50) return random.int(span.now - 40 * 3_600, newest);
    const drawn = random.weighted(days) + random.weighted(HOUR_WEIGHTS) * 3_600 + random.int(0, 3_599);
    return drawn < oldest || drawn > newest ? random.int(oldest, newest) : drawn;
  });
  return times.sort((a, b) => a - b);
}
