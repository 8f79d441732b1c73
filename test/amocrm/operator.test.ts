import { describe, expect, test } from '@jest/globals';
import { resolveOperator } from '../../amocrm/calls/operator.ts';

const users = new Map(
  [
    { id: 7, name: 'Ольга Ковалёва', email: 'olga@example.ru' },
    { id: 8, name: ' Сергей Морозов ', phone: '+79160000088' },
    { id: 9, name: 'Анна Лебедева' },
    { id: 10, name: 'Анна Лебедева' },
    { id: 504_141, name: '7' },
    { id: 11, name: 'Ирина Белова', active: false },
    { id: 12, name: 'Ирина Белова' },
    { id: 13, name: 'Павел Орлов', active: false },
    { id: 14, name: 'Павел Орлов', active: false },
    { id: 15, name: 'Юлия Громова', active: false },
    { id: 16, name: 'Мария Петрова-Водкина' },
    { id: 17, name: 'Оператор 101', phone: '205' },
    { id: 18, name: 'Оператор 102' },
    { id: 19, name: 'Борис Зайцев', phone: '8 (916) 000-00-99' },
    { id: 20, name: 'Глеб Зайцев', phone: '+7 916 000-00-99' },
    { id: 555_001, name: '', active: false },
  ].map(({ active = true, phone = null, email = null, ...user }) => [user.id, { ...user, active, phone, email }]),
);
const ADMIN = 7;
const operator = (callResponsible: string | null, responsibleUserId = 0, createdBy = 0) =>
  resolveOperator({ callResponsible, responsibleUserId, createdBy }, users, 'RU')?.userId ?? null;

describe('who talked is whom call_responsible names:', () => {
  test('by the id of a user', () => {
    expect(operator('8', 9, 10)).toBe(8);
    expect(operator('7')).toBe(7);
    expect(operator('555001', ADMIN, ADMIN)).toBe(555_001);
  });

  test('by an id that no list of users has, when the note itself knows it as a user’s', () => {
    expect(operator('777001', 777_001, ADMIN)).toBe(777_001);
    expect(operator('777001', ADMIN, 777_001)).toBe(777_001);
  });

  test.each([
    ['as it stands', 'Ольга Ковалёва', 7],
    ['with spaces around it on the card', 'Сергей Морозов', 8],
    ['with two spaces', 'Сергей  Морозов', 8],
    ['with a no-break space', 'Сергей\u00a0Морозов', 8],
    ['with a zero-width space', 'Сергей Морозов\u200b', 8],
    ['with a byte order mark', '\ufeffСергей Морозов', 8],
    ['in capitals', 'СЕРГЕЙ МОРОЗОВ', 8],
    ['in small letters', 'сергей морозов', 8],
    ['with е for ё', 'Ольга Ковалева', 7],
    ['with a combining ё', 'Ольга Ковале\u0308ва', 7],
    ['surname first', 'Морозов Сергей', 8],
    ['surname first with a comma', 'Морозов, Сергей', 8],
    ['in quotes', '«Сергей Морозов»', 8],
    ['with an extension', 'Сергей Морозов (101)', 8],
    ['with a bare extension', 'Сергей Морозов 101', 8],
    ['with an extension that says so', 'Сергей Морозов, доб. 101', 8],
    ['with an extension behind a hash', 'морозов сергей #101', 8],
    ['behind an extension', '101 Сергей Морозов', 8],
    ['of two parts', 'Мария Петрова-Водкина', 16],
    ['that ends in an extension of its own', 'Оператор 101', 17],
    ['with its address', 'Ольга К. <OLGA@example.ru>', 7],
    ['with an address that nobody has', 'Сергей Морозов <sm@example.ru>', 8],
    ['behind the phone', '+79160000088 - СЕРГЕЙ МОРОЗОВ', 8],
    ['behind a phone that nobody has', '8 (495) 123-45-67, Морозов Сергей', 8],
    ['whom the phone tells from another', '+79160000099 - Борис Зайцев', 19],
  ])('by a name %s', (_, named, id) => {
    expect(operator(named, 9, 10)).toBe(id);
  });

  test.each(['+79160000088', '89160000088', '8 (916) 000-00-88', '79160000088'])(
    'by the user’s own phone, %s',
    (phone) => {
      expect(operator(phone, ADMIN, ADMIN)).toBe(8);
    },
  );

  test('by the extension that stands as the phone on the user’s card', () => {
    expect(operator('205', ADMIN)).toBe(17);
  });

  test('by a name of several the only active one: who comes back has another id', () => {
    expect(operator('Ирина Белова', 7)).toBe(12);
    expect(operator('Юлия Громова', 7)).toBe(15);
  });
});

test.each([
  ['a name that two users share', 'Анна Лебедева'],
  ['a name that two deleted users share', 'Павел Орлов'],
  ['a phone that two users share', '+79160000099'],
  ['a name of nobody', 'Никто Такой'],
  ['a name with another user’s phone', '+79160000088 - Ольга Ковалёва'],
  ['a part of a name', 'Сергей'],
  ['another extension of a numbered name', 'Оператор 103'],
  ['an id that is no user’s', '999'],
  ['a phone that is no user’s', '+79990000000'],
  ['a name in other letters', '+12025550101 - JOHN DOE'],
  ['signs only', '***'],
  ['an extension in brackets', '(105)'],
])('%s is no operator, and the administrator who posted the note is none either', (_, named) => {
  expect(resolveOperator({ callResponsible: named, responsibleUserId: ADMIN, createdBy: ADMIN }, users, 'RU')).toEqual({
    userId: null,
    rank: 2,
  });
});

describe('where call_responsible names nobody, who talked is', () => {
  test('the note’s responsible user, known or not', () => {
    expect(operator(null, 8, 9)).toBe(8);
    expect(operator(null, 12_345, 9)).toBe(12_345);
    expect(operator('0', 8, 9)).toBe(8);
    expect(operator('NULL', 8, 9)).toBe(8);
  });

  test('then its author, unless that is the robot', () => {
    expect(operator(null, 0, 9)).toBe(9);
    expect(operator(null, 0, 0)).toBeNull();
  });
});
