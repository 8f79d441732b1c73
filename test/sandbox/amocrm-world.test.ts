import { describe, expect, test } from '@jest/globals';
import { DateTime } from 'luxon';
import { z } from 'zod';
import { createClock } from '../../sandbox/clock.ts';
import { World, type WorldOptions } from '../../sandbox/world/world.ts';
import { sample } from '../amocrm/sample.ts';
import { NOW } from './amocrm-sandbox.ts';
import { departures } from './payload-shape.ts';

const documentedValues = z
  .record(z.string(), z.array(z.object({ values: z.array(z.looseObject({})) })))
  .parse(sample('custom-fields-values-by-type'));

/** The documents join types that are written alike. */
const TYPES_OF: Record<string, string[]> = {
  text_numeric_textarea_price_streetaddress: ['text', 'numeric', 'textarea', 'streetaddress'],
  date_datetime_birthday: ['date', 'date_time', 'birthday'],
  select_multiselect_radiobutton: ['select', 'multiselect', 'radiobutton'],
  multitext_phone: ['multitext'],
  payer_typed: ['payer'],
  payer_person: ['payer'],
  payer_company: ['payer'],
  payer_linked: ['payer'],
};

function makeWorld(options: WorldOptions = {}, now = NOW): World {
  const clock = createClock({ startMs: now * 1000, frozen: true });
  return new World(
    { clock, recordingUrl: ({ worldId, format }) => `http://telephony.test/${worldId}.${format}` },
    options,
  );
}

function share(part: number, whole: number): number {
  return part / whole;
}

describe('a seeded world', () => {
  test('is the same for the same seed and time, and another one for another seed', () => {
    const dump = (world: World): string =>
      JSON.stringify([world.calls, world.notes.get(42_743_871), [...world.entities.leads]]);
    expect(dump(makeWorld({ seed: 7 }))).toBe(dump(makeWorld({ seed: 7 })));
    expect(dump(makeWorld({ seed: 8 }))).not.toBe(dump(makeWorld({ seed: 7 })));
  });

  test('keeps ids, uniqs and talks when it is seeded at another time', () => {
    const identity = (world: World): unknown =>
      world.calls.map(({ worldId, uniq, noteIds, talkSeconds, operatorId, format }) => [worldId, uniq, noteIds, talkSeconds, operatorId, format]); // prettier-ignore
    expect(identity(makeWorld({}, NOW + 3 * 86_400))).toEqual(identity(makeWorld()));
  });

  test('has believable calls', () => {
    const { calls } = makeWorld({ calls: 5000 });
    const answered = calls.filter((call) => call.talkSeconds > 0);
    const talks = answered.map((call) => call.talkSeconds).sort((a, b) => a - b);
    expect(talks[talks.length >> 1]).toBeGreaterThan(90);
    expect(talks[talks.length >> 1]).toBeLessThan(150);
    expect([talks[0], talks.at(-1)]).toEqual([15, 720]);
    expect(share(calls.length - answered.length, calls.length)).toBeCloseTo(0.12, 1);
    expect(share(answered.filter((call) => !call.hasLink).length, answered.length)).toBeCloseTo(0.015, 2);
    expect(share(calls.filter((call) => call.noteIds.length > 1).length, calls.length)).toBeCloseTo(0.07, 1);
    expect(new Set(answered.map((call) => call.format))).toEqual(new Set(['mp3', 'wav', 'ogg']));
    for (const call of calls) {
      expect(call.startedAt).toBeGreaterThanOrEqual(NOW - 21 * 86_400);
      expect(call.startedAt + call.talkSeconds).toBeLessThan(NOW);
    }
  });

  test('has the oddities of live accounts', () => {
    const world = makeWorld({ calls: 5000 });
    const notes = world.calls.flatMap((call) => call.noteIds.flatMap((id) => world.notes.get(id) ?? []));
    const params = notes
      .map((note) => note.params)
      .filter((one): one is Record<string, unknown> => typeof one === 'object');
    expect(notes.some((note) => typeof note.params === 'string')).toBe(true);
    expect(notes.some((note) => note.createdBy === 0)).toBe(true);
    expect(params.some((one) => typeof one['duration'] === 'string')).toBe(true);
    expect(params.some((one) => 'src' in one && !('source' in one))).toBe(true);
    expect(params.some((one) => !('duration' in one))).toBe(true);
    expect(params.some((one) => one['uniq'] === '')).toBe(true);
    expect(params.some((one) => one['link'] === null)).toBe(true);
    expect(params.some((one) => one['link'] === '')).toBe(true);
    const responsible = params.map((one) => one['call_responsible']);
    expect(responsible.some((one) => typeof one === 'number')).toBe(true);
    expect(responsible.some((one) => typeof one === 'string' && one.startsWith('+7'))).toBe(true);
    expect(responsible.some((one) => one === 'Сергей Морозов')).toBe(true);
  });

  test('writes dates as midnights of the account’s zone', () => {
    const timeZone = 'Asia/Vladivostok';
    const dates = [...makeWorld({ timeZone }).entities.leads.values()].flatMap(
      (lead) =>
        lead.customFields?.filter((field) => field.field_type === 'date').flatMap((field) => field.values) ?? [],
    );
    expect(dates.length).toBeGreaterThan(3);
    for (const { value } of dates) {
      expect(DateTime.fromSeconds(Number(value), { zone: timeZone }).toFormat('HH:mm:ss')).toBe('00:00:00');
    }
  });

  test('fills every type of field as the documents do', () => {
    const { leads, contacts, companies } = makeWorld({ calls: 3000 }).entities;
    const cards = [...leads.values(), ...contacts.values(), ...companies.values()];
    const filled = cards.flatMap((card) => card.customFields ?? []);
    const documented = new Map<string, unknown[]>();
    for (const [name, fields] of Object.entries(documentedValues)) {
      const values = fields.flatMap((field) => field.values);
      for (const type of TYPES_OF[name] ?? [name]) documented.set(type, [...(documented.get(type) ?? []), ...values]);
    }
    // What is read also has the option's name beside its number.
    const latitude = { more: ['value', 'enum_id', 'enum_code'], nullable: ['enum_code'] };
    for (const [type, samples] of documented) {
      const values = filled.filter((field) => field.field_type === type).flatMap((field) => field.values);
      expect(values.length).toBeGreaterThan(0);
      const wrong = values.flatMap((value) => departures(samples, value, latitude));
      // A value may leave out what the documents' only example has; what is there must be of its kind.
      expect([type, wrong.filter((one) => !one.endsWith('lacking'))]).toEqual([type, []]);
    }
  });

  test('gives two calls the same uniq only when it is empty', () => {
    const uniqs = makeWorld({ calls: 20_000 }).calls.map((call) => call.uniq).filter((uniq) => uniq !== ''); // prettier-ignore
    expect(new Set(uniqs).size).toBe(uniqs.length);
  });

  test('even a small one has an old and a young call without a recording', () => {
    const missing = makeWorld({ calls: 60 }).calls.filter((call) => call.talkSeconds > 0 && !call.hasLink);
    expect(missing.some((call) => call.linkDueAt === null)).toBe(true);
    expect(missing.some((call) => call.linkDueAt !== null)).toBe(true);
  });

  test('can have short talks of one format only', () => {
    const { calls } = makeWorld({ talkScale: 0.01, formats: { mp3: 0, ogg: 0 } });
    const answered = calls.filter((call) => call.talkSeconds > 0);
    expect(Math.max(...answered.map((call) => call.talkSeconds))).toBeLessThanOrEqual(8);
    expect(new Set(answered.map((call) => call.format))).toEqual(new Set(['wav']));
  });
});
