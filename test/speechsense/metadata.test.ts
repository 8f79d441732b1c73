import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { metadataValue } from '../../speechsense/uploads/metadata-value.ts';
import { callMetadata, type CallMetadataInput } from '../../speechsense/uploads/metadata.ts';

const call: CallMetadataInput = {
  callId: '101',
  startedAt: new Date('2026-11-01T09:30:00.500Z'),
  direction: 'outgoing',
  operator: { id: '7', name: 'Анна Серова' },
  client: { id: '42', name: 'ООО «Ромашка»' },
  language: 'ru-RU',
  timeZone: 'Europe/Moscow',
  mapped: {},
};

describe('the metadata of a call', () => {
  test('holds every default key with an empty mapping', () => {
    expect(callMetadata(call)).toEqual({
      fields: {
        call_id: '101',
        date: '2026-11-01T12:30:00+03:00',
        direction_outgoing: 'true',
        language: 'ru-RU',
        operator_name: 'Анна Серова',
        operator_id: '7',
        client_name: 'ООО «Ромашка»',
        client_id: '42',
      },
      cutKeys: [],
    });
  });

  test.each([
    ['Asia/Almaty', '2026-11-01T14:30:00+05:00'],
    ['America/New_York', '2026-11-01T04:30:00-05:00'],
    ['UTC', '2026-11-01T09:30:00Z'],
    ['UTC+5:30', '2026-11-01T15:00:00+05:30'],
    ['Nowhere/Land', '2026-11-01T09:30:00Z'],
  ])('gives the date in %s as %s', (timeZone, date) => {
    expect(callMetadata({ ...call, timeZone }).fields.date).toBe(date);
  });

  test('gives the offset of the day, summer time included', () => {
    const summer = { ...call, timeZone: 'Europe/Berlin', startedAt: new Date('2026-07-01T00:00:00Z') };
    expect(callMetadata(summer).fields.date).toBe('2026-07-01T02:00:00+02:00');
  });

  test('says false for an incoming call', () => {
    expect(callMetadata({ ...call, direction: 'incoming' }).fields.direction_outgoing).toBe('false');
  });

  test('leaves out what the call does not have', () => {
    const { operator: _operator, client: _client, ...bare } = call;
    const mapped = { deal_name: undefined, deal_tags: '', deal_note: ' \n\u0000 ' };
    expect(Object.keys(callMetadata({ ...bare, mapped }).fields)).toEqual([
      'call_id',
      'date',
      'direction_outgoing',
      'language',
    ]);
  });

  test('lets a mapping replace a default key, but not those that a lost talk is found by', () => {
    const mapped = { client_name: 'Петров', call_id: 'x', date: 'x', direction_outgoing: 'x' };
    expect(callMetadata({ ...call, mapped }).fields).toMatchObject({
      client_name: 'Петров',
      call_id: '101',
      date: '2026-11-01T12:30:00+03:00',
      direction_outgoing: 'true',
    });
    expect(callMetadata({ ...call, mapped: { client_name: ' ' } }).fields.client_name).toBe('ООО «Ромашка»');
  });

  test('names the keys whose value was cut', () => {
    const { fields, cutKeys } = callMetadata({ ...call, mapped: { note: 'ж'.repeat(600), short: 'ж' } });
    expect(cutKeys).toEqual(['note']);
    expect(fields.note).toBe('ж'.repeat(512));
  });
});

describe('a metadata value', () => {
  test('has no control characters, and spaces for line breaks', () => {
    expect(metadataValue('первая\r\nвторая\u0000\u0007\u009f\tтретья\u2028')).toEqual({
      value: 'первая вторая третья',
      cut: false,
    });
  });

  test.each(['a', 'ж', '€', '😀'])('of %j is cut between two characters', (character) => {
    for (const lead of ['', 'a', 'aa', 'aaa']) {
      const { value, cut } = metadataValue(lead + character.repeat(1_100));
      expect(cut).toBe(true);
      expect(Buffer.byteLength(value)).toBeGreaterThan(1_020);
      expect(value).toBe(lead + character.repeat(Array.from(value).length - lead.length));
    }
  });

  test('of any text is well formed, within the limit, and the beginning of the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 2_000 }), (raw) => {
        const { value, cut } = metadataValue(raw);
        expect(Buffer.byteLength(value)).toBeLessThanOrEqual(1_024);
        expect(Buffer.from(value).toString()).toBe(value);
        expect(value).not.toMatch(/\p{Cc}/u);
        expect(metadataValue(value)).toEqual({ value, cut: false });
        if (!cut) expect(metadataValue(raw + ' ').value).toBe(value);
      }),
    );
  });
});
