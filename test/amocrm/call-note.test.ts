import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { createHash } from 'node:crypto';
import { callIdentity } from '../../amocrm/calls/call-identity.ts';
import { type CallNote, readCallNotes } from '../../amocrm/calls/call-note.ts';

const sample = (name: string): unknown =>
  JSON.parse(readFileSync(path.join(import.meta.dirname, 'payloads', `${name}.json`), 'utf8'));

const BASE = { id: 42_743_871, entity_id: 26_060_763, created_by: 7, responsible_user_id: 8 };
const TIMES = { created_at: 1_700_000_000, updated_at: 1_700_000_115 };

function noteOf(raw: unknown): CallNote | undefined {
  return readCallNotes([raw], 'contact').notes[0];
}
function read(raw: unknown): CallNote {
  const note = noteOf(raw);
  if (!note) throw new Error('this is a call note');
  return note;
}
const withParams = (params: unknown, more: object = {}) =>
  read({ ...BASE, ...TIMES, note_type: 'call_in', params, ...more });

const NOTHING = {
  talkSeconds: null,
  link: null,
  uniq: null,
  source: null,
  phone: null,
  result: null,
  status: null,
  callResponsible: null,
  unreadable: false,
};

describe('call notes as telephonies write them', () => {
  const variants = z
    .array(z.object({ variant: z.string(), params: z.unknown() }))
    .parse(sample('call-params-variants'));

  test.each<[string, Partial<CallNote>]>([
    [
      'documented call_in',
      {
        talkSeconds: 60,
        link: 'https://example.com',
        uniq: '8f52d38a-5fb3-406d-93a3-a4832dc28f8b',
        source: 'onlinePBX',
        phone: '+79999999999',
        callResponsible: 'Василий',
      },
    ],
    [
      'documented call_out',
      {
        talkSeconds: 60,
        link: 'https://example.com',
        uniq: '8f52d38a-5fb3-406d-93a3-a4832dc28f8b',
        source: 'onlinePBX',
        phone: '+79999999999',
        callResponsible: '504141',
      },
    ],
    ['null link, key src, zero duration', { talkSeconds: 0, source: 'SyntheticTelephony', uniq: 'synthetic-call-1' }],
    [
      'missed call with an empty link',
      { talkSeconds: 0, uniq: 'mikopbx-1577836800.123', source: 'MikoPBX', phone: '79990000000', status: 6 },
    ],
    [
      'responsible as phone and name',
      {
        talkSeconds: 52,
        uniq: 'AJnTczHyq8nAts1A',
        source: 'Some User',
        phone: '+12025550100',
        callResponsible: '+12025550101 - JOHN DOE',
        link: 'https://drive.amocrm.ru/download/00000000-0000-4000-8000-000000000000',
      },
    ],
    [
      'telephony widget with a result',
      {
        talkSeconds: 58,
        uniq: 'MToxMDAwMDAwMDoyMDI6MDAwMDAwMDAw',
        source: 'MangoOfficeWidget',
        phone: '+79990000000',
        status: 4,
        result: 'входящий',
        link: 'https://amocrm.mango-office.ru/calls/recording/download/REDACTED/REDACTED/REDACTED',
      },
    ],
    [
      'no uniq and no source',
      {
        talkSeconds: 125,
        phone: '+79001234567',
        link: 'https://sipuni.com/api/crm/record?id=1700000000.123456&hash=REDACTED&user=000000',
      },
    ],
    ['no source', { talkSeconds: 45, uniq: 'call-abc', link: 'https://media.comagic.ru/REDACTED/REDACTED' }],
    [
      'signed link without a uniq',
      {
        talkSeconds: 60,
        source: 'onlinePBX',
        link: 'https://api2.onlinepbx.ru/calls-records/download/REDACTED/rec.mp3',
      },
    ],
    ['a JSON string', { link: 'https://sipuni.com/api/crm/record?id=abc' }],
  ])('%s', (variant, said) => {
    const { params } = variants.find((one) => one.variant === variant) ?? {};
    expect(params).toBeDefined();
    expect(withParams(params)).toMatchObject({ ...NOTHING, ...said });
  });

  test('no sample is left out above', () => {
    expect(variants).toHaveLength(10);
  });

  test('a documented list of notes: one answered, one missed with its numbers as text', () => {
    const list = z.object({ _embedded: z.object({ notes: z.array(z.unknown()) }) }).parse(sample('notes-list-calls'));
    const [answered, missed] = list._embedded.notes.map(read);
    expect(answered).toEqual({
      noteId: 42_743_871,
      entityType: 'contact',
      entityId: 26_060_763,
      direction: 'incoming',
      createdAt: new Date('2023-11-14T22:13:20Z'),
      updatedAt: new Date('2023-11-14T22:15:15Z'),
      createdBy: 939_801,
      responsibleUserId: 939_801,
      talkSeconds: 60,
      link: 'https://example.com/rec.mp3',
      uniq: '8f52d38a-5fb3-406d-93a3-a4832dc28f8b',
      source: 'onlinePBX',
      phone: '+79999999999',
      result: 'Разговор состоялся',
      status: 4,
      callResponsible: 'Василий',
      unreadable: false,
    });
    expect(missed).toMatchObject({
      direction: 'outgoing',
      talkSeconds: 0,
      link: null,
      uniq: '1700000200.77',
      callResponsible: '+79990000001',
      status: 6,
    });
  });

  test('a note of the PHP library', () => {
    expect(read(sample('note-call-in'))).toMatchObject({
      noteId: 1_254_829,
      direction: 'incoming',
      createdAt: new Date('2020-04-24T12:29:13Z'),
      talkSeconds: 130,
      link: 'https://example.test/test.mp3',
      source: 'test integration',
      status: 4,
    });
  });

  test('a note in the old API’s manner: a numeric type, names in capitals', () => {
    const raw = z.looseObject({}).parse(sample('note-call-uppercase-params'));
    expect(read({ ...raw, id: 5, entity_id: 6 })).toMatchObject({
      noteId: 5,
      direction: 'incoming',
      createdBy: 1_000_002,
      responsibleUserId: 1_000_001,
      phone: '+79990000000',
      uniq: 'REDACTED',
      talkSeconds: 58,
      source: 'MangoOfficeWidget',
      link: 'https://amocrm.mango-office.ru/calls/recording/download/REDACTED',
      status: 4,
      result: 'входящий',
      unreadable: false,
    });
  });
});

describe('what a note says in its own way', () => {
  test.each([
    ['call_in', 'incoming'],
    ['call_out', 'outgoing'],
    [10, 'incoming'],
    [11, 'outgoing'],
    ['10', 'incoming'],
    ['11', 'outgoing'],
  ])('type %p is a call, %s', (note_type, direction) => {
    expect(read({ ...BASE, ...TIMES, note_type })).toMatchObject({ direction });
  });

  test.each(['common', 'sms_in', 'call', 'constructor', '__proto__', 4, ''])('type %p is none', (note_type) => {
    expect(noteOf({ ...BASE, ...TIMES, note_type })).toBeUndefined();
  });

  test('moments in milliseconds are told from seconds', () => {
    const times = { created_at: 1_700_000_000_000, updated_at: '1700000115000' };
    expect(withParams({}, times)).toMatchObject({
      createdAt: new Date('2023-11-14T22:13:20Z'),
      updatedAt: new Date('2023-11-14T22:15:15Z'),
    });
  });

  test('ids and moments may be text', () => {
    const note = read({
      id: '5',
      entity_id: '6',
      created_by: '7',
      responsible_user_id: '8',
      created_at: '1700000000',
      updated_at: '1700000115',
      note_type: 'call_in',
    });
    expect(note).toMatchObject({
      noteId: 5,
      entityId: 6,
      createdBy: 7,
      responsibleUserId: 8,
      createdAt: new Date('2023-11-14T22:13:20Z'),
    });
  });

  test('absent or senseless people and cards are nobody’s, and lose no call', () => {
    expect(read({ id: 5, ...TIMES, note_type: 'call_in', created_by: null, responsible_user_id: 'x' })).toMatchObject({
      entityId: 0,
      createdBy: 0,
      responsibleUserId: 0,
    });
  });

  test.each<[unknown, number | null]>([
    [58, 58],
    ['58', 58],
    [' 58 ', 58],
    [0, 0],
    ['0', 0],
    [58.6, 59],
    ['58.4', 58],
    [undefined, null],
    [null, null],
    ['', null],
    [-1, null],
    ['1:05', null],
    ['a minute', null],
    [[58], null],
    [9_999_999_999, null],
  ])('a duration of %p is %p seconds', (duration, talkSeconds) => {
    expect(withParams({ duration })).toMatchObject({ talkSeconds });
  });

  test.each<[unknown]>([[''], ['   '], [null], [undefined], [false], [{}]])('a link or uniq of %p is none', (value) => {
    expect(withParams({ link: value, uniq: value })).toMatchObject({ link: null, uniq: null });
  });

  test('source wins over src', () => {
    expect(withParams({ source: 'new', src: 'old' }).source).toBe('new');
    expect(withParams({ source: '', src: 'old' }).source).toBe('old');
  });

  test.each<[string, unknown]>([
    ['absent', undefined],
    ['null', null],
    ['an empty PHP array', []],
    ['the JSON of an object', '{}'],
  ])('params that are %s say nothing, and are readable', (_, params) => {
    expect(withParams(params)).toMatchObject(NOTHING);
  });

  test.each([['{"link":'], ['text'], ['null'], ['5'], [5], [true], ['']])(
    'params of %p cannot be read, and the note is still a call',
    (params) => {
      expect(withParams(params)).toMatchObject({ ...NOTHING, unreadable: true, noteId: BASE.id });
    },
  );
});

describe('what nobody foresaw loses no call and keeps no page from being read', () => {
  test.each(
    [
      [
        '-',
        'нет записи',
        'false',
        'monitor/2026/1.mp3',
        'about:blank',
        'javascript:;',
        'http://',
        `https://pbx.example/${'x'.repeat(20_000)}`,
      ],
    ].flat(),
  )('%.20s is no link', (link) => {
    expect(withParams({ link }).link).toBeNull();
  });

  test.each<[string, unknown, string]>([
    ['no scheme', 'www.pbx.example/1.mp3', 'www.pbx.example/1.mp3'],
    ['no protocol', '//pbx.example/1.mp3', '//pbx.example/1.mp3'],
    ['a zero-width space in front', '\u200bhttps://pbx.example/1.mp3', 'https://pbx.example/1.mp3'],
    ['an array', ['https://pbx.example/1', 'https://pbx.example/2'], 'https://pbx.example/1\nhttps://pbx.example/2'],
    ['JSON', '[{"url":"https:\\/\\/pbx.example\\/1"}]', 'https://pbx.example/1'],
    ['an anchor', '<a href="https://pbx.example/1?a=1&amp;b=2">запись</a>', 'https://pbx.example/1?a=1&b=2'],
  ])('a link with %s is found', (_, link, found) => {
    expect(withParams({ link }).link).toBe(found);
  });

  test.each([
    'https://pbx.example/1.mp3?a=1&amp;b=2',
    'https://pbx.example/1.mp3 https://pbx.example/2.mp3',
    'https://pbx.example/1.mp3,https://pbx.example/2.mp3',
    'https:///pbxcore/api?view=/storage/1.mp3',
    'HTTP://pbx.example/Иван Петров.mp3',
    'https://pbx.exam\u00adple/1.mp3',
  ])('%j is kept as it stands, as the calls of old are known by it', (link) => {
    const note = withParams({ link });
    expect(note.link).toBe(link);
    const hash = createHash('sha256').update(link).digest('hex');
    expect(callIdentity({ ...note, uniq: null })).toBe(`link:${hash}`);
  });

  test('a link of 10,000 characters is kept whole', () => {
    const link = `https://pbx.example/?signature=${'x'.repeat(10_000)}`;
    expect(withParams({ link }).link).toBe(link);
  });

  test('a link or parameters that are only in the text are found', () => {
    expect(withParams({ text: 'https://pbx.example/1.mp3' }).link).toBe('https://pbx.example/1.mp3');
    expect(withParams({ text: 'см. https://pbx.example/1.mp3' }).link).toBeNull();
    expect(
      withParams({ text: '{"UNIQ":"u1","LINK":"https://pbx.example/1.mp3","DURATION":5}', duration: 7 }),
    ).toMatchObject({
      uniq: 'u1',
      link: 'https://pbx.example/1.mp3',
      talkSeconds: 7,
    });
  });

  test('of the same name in capitals and in small letters the one that says something counts', () => {
    const link = 'https://pbx.example/1.mp3';
    expect(withParams({ LINK: '', link }).link).toBe(link);
    expect(withParams({ LINK: link, link: null }).link).toBe(link);
  });

  test.each(['0', 0, 'null', 'undefined', '-', 'x'.repeat(1_001)])('a uniq of %.12p is none', (uniq) => {
    expect(withParams({ uniq }).uniq).toBeNull();
  });

  test('a number that JSON has rounded is no id: two calls could have the same', () => {
    expect(withParams(JSON.parse('{"uniq":12345678901234567891}')).uniq).toBeNull();
    expect(withParams(JSON.parse('{"uniq":1700000200.77}')).uniq).toBe('1700000200.77');
  });

  test('characters that Postgres does not take are taken out', () => {
    expect(withParams({ call_result: 'a\u0000b', phone: '\ud83d+7', uniq: 'x\udc00' })).toMatchObject({
      result: 'ab',
      phone: '\uFFFD+7',
      uniq: 'x\uFFFD',
    });
    expect(withParams({ call_result: `${'x'.repeat(3_999)}😀` }).result).toBe(`${'x'.repeat(3_999)}\uFFFD`);
  });

  test('without a readable updated_at a note is as old as its call', () => {
    const note = read({ ...BASE, created_at: 1_700_000_000, updated_at: 'вчера', note_type: 'call_in' });
    expect(note).toMatchObject({ createdAt: note.updatedAt, unreadable: false });
  });

  test('without a readable created_at the call is known and marked: no talk carries a guessed date', () => {
    // The last but one: microseconds, as a time a year that Postgres does not read.
    for (const created_at of [null, '', 'вчера', -5, 0, 1e300, 1_700_000_000_000_000, {}]) {
      const note = read({ ...BASE, created_at, updated_at: 1_700_000_115, note_type: 'call_in' });
      expect(note).toMatchObject({ createdAt: new Date('2023-11-14T22:15:15Z'), unreadable: true });
    }
  });

  test('what cannot be placed is named by its ids, beside the others', () => {
    const call = { ...BASE, ...TIMES, note_type: 'call_in' };
    const { notes, unreadable } = readCallNotes(
      [
        call,
        { ...call, id: null },
        { ...call, id: 'x', params: { phone: '+79991234567' } },
        { ...call, id: 9, created_at: null, updated_at: [] },
        { ...call, id: null, note_type: 'common' },
        'text',
        null,
      ],
      'lead',
    );
    expect(notes.map(({ noteId }) => noteId)).toEqual([BASE.id]);
    expect(unreadable).toEqual([
      expect.stringMatching(/^lead 26060763, note \? \([0-9a-f]{16}\): id$/),
      expect.stringMatching(/^lead 26060763, note \? \([0-9a-f]{16}\): id$/),
      'lead 26060763, note 9: created_at, updated_at',
    ]);
    expect(new Set(unreadable).size).toBe(3);
    expect(unreadable.join()).not.toContain('7999');
  });
});

describe('a call’s identity', () => {
  const facts = { source: 'pbx', uniq: 'u1', link: 'https://pbx.example/1?key=SECRET', noteId: 5 };

  test('is the telephony and its own id of the call', () => {
    expect(callIdentity(facts)).toBe(callIdentity({ ...facts, link: null, noteId: 6 }));
    expect(callIdentity(facts)).not.toBe(callIdentity({ ...facts, source: 'other' }));
    expect(callIdentity(facts)).not.toBe(callIdentity({ ...facts, source: null }));
    expect(callIdentity(facts)).not.toBe(callIdentity({ ...facts, uniq: 'u2' }));
  });

  test('without that id is the recording’s link, which it does not show', () => {
    const byLink = callIdentity({ ...facts, uniq: null });
    expect(byLink).toBe(callIdentity({ source: null, uniq: null, link: facts.link, noteId: 6 }));
    expect(byLink).not.toBe(callIdentity({ ...facts, uniq: null, link: `${facts.link}2` }));
    expect(byLink).not.toMatch(/SECRET|pbx/);
  });

  test('that would be too long for an index is a hash, as different as before', () => {
    const long = (end: string) => callIdentity({ ...facts, uniq: 'u'.repeat(900) + end });
    expect(long('a').length).toBeLessThan(100);
    expect(long('a')).not.toBe(long('b'));
  });

  test('with neither is the note', () => {
    const bare = { source: 'pbx', uniq: null, link: null };
    expect(callIdentity({ ...bare, noteId: 5 })).not.toBe(callIdentity({ ...bare, noteId: 6 }));
  });

  test('is never one for calls of different kinds of identity', () => {
    expect(callIdentity({ source: 'a', uniq: 'b:c', link: null, noteId: 1 })).not.toBe(
      callIdentity({ source: null, uniq: null, link: 'b:c', noteId: 1 }),
    );
  });

  test('is never one for two telephonies, wherever a colon stands', () => {
    const ids = [
      { source: 'a', uniq: 'b:c' },
      { source: 'a:b', uniq: 'c' },
      { source: '', uniq: 'a:b:c' },
    ].map(({ source, uniq }) => callIdentity({ source, uniq, link: null, noteId: 1 }));
    expect(new Set(ids).size).toBe(3);
  });
});
