import { z } from 'zod';
import { ExportError } from '../errors/export-error.ts';

const price = z.number().nonnegative().nullable();

const tier = z.strictObject({
  /** Minutes of a calendar month from which on these prices hold. */
  fromMinutes: z.number().int().nonnegative(),
  roublesPerSecond: z.strictObject({ recognition: price, analytics: price }),
});

const tariffSchema = z
  .strictObject({
    about: z.string().optional(),
    source: z.url(),
    date: z.iso.date().nullable(),
    tiers: z.array(tier).min(1),
  })
  .superRefine(({ date, tiers }, context) => {
    tiers.forEach(({ fromMinutes }, index) => {
      const before = tiers[index - 1];
      if (before ? fromMinutes <= before.fromMinutes : fromMinutes !== 0) {
        context.addIssue({
          code: 'custom',
          path: ['tiers', index, 'fromMinutes'],
          message: 'expected 0 in the first tier and more in each further one',
        });
      }
    });
    const priced = tiers.some(({ roublesPerSecond }) => Object.values(roublesPerSecond).some((one) => one !== null));
    if (priced && date === null) {
      context.addIssue({ code: 'custom', path: ['date'], message: 'expected the day of these prices' });
    }
  });

/**
 * What SpeechSense costs: prices a second of two-channel audio, in roubles, by the minutes of a calendar month. A price
 * that nobody has filled in is null. Structure and thresholds: https://yandex.cloud/ru/docs/speechsense/pricing.
 */
export type Tariff = z.output<typeof tariffSchema>;

/** @throws {ExportError} `tariff_invalid`, with all that is wrong. */
export function parseTariff(given: unknown, file: string): Tariff {
  const parsed = tariffSchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new ExportError('tariff_invalid', { values: { file, problems } });
}

/** One price for every minute, as an account's people enter it. */
export function flatTariff(
  { roublesPerMinute, date }: { roublesPerMinute: number; date: string },
  source: string,
): Tariff {
  return {
    source,
    date,
    tiers: [{ fromMinutes: 0, roublesPerSecond: { recognition: roublesPerMinute / 60, analytics: 0 } }],
  };
}

/**
 * What so much talk costs as the first of its month, which is the dearest way: later tiers are cheaper.
 *
 * @returns roubles; null when a price that it takes is not filled in.
 */
export function priceOf(talkSeconds: number, { tiers }: Tariff): number | null {
  let roubles = 0;
  for (const [index, { fromMinutes, roublesPerSecond }] of tiers.entries()) {
    const until = tiers[index + 1]?.fromMinutes ?? Infinity;
    const seconds = Math.min(talkSeconds, until * 60) - fromMinutes * 60;
    if (seconds <= 0 && index > 0) break;
    const { recognition, analytics } = roublesPerSecond;
    if (recognition === null || analytics === null) return null;
    roubles += Math.max(0, seconds) * (recognition + analytics);
  }
  return Math.round(roubles * 100) / 100;
}
