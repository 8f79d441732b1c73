import { describe, expect, test } from '@jest/globals';
import { resolveOperator } from '../../amocrm/operator.ts';

const users = new Map(
  [
    { id: 7, name: 'Ольга Ковалёва' },
    { id: 8, name: ' Сергей Морозов ' },
    { id: 9, name: 'Анна Лебедева' },
    { id: 10, name: 'Анна Лебедева' },
    { id: 504_141, name: '7' },
    { id: 11, name: 'Ирина Белова', active: false },
    { id: 12, name: 'Ирина Белова' },
    { id: 13, name: 'Павел Орлов', active: false },
    { id: 14, name: 'Павел Орлов', active: false },
    { id: 15, name: 'Юлия Громова', active: false },
  ].map(({ active = true, ...user }) => [user.id, { ...user, active }]),
);
const operator = (callResponsible: string | null, responsibleUserId = 0, createdBy = 0) =>
  resolveOperator({ callResponsible, responsibleUserId, createdBy }, users)?.userId ?? null;

describe('who talked is the first that can be believed:', () => {
  test('the id in call_responsible, when it is a user’s', () => {
    expect(operator('8', 9, 10)).toBe(8);
    expect(operator('7')).toBe(7);
  });

  test('the name in call_responsible, when exactly one user has it', () => {
    expect(operator('Ольга Ковалёва', 9, 10)).toBe(7);
    expect(operator('Сергей Морозов', 9, 10)).toBe(8);
  });

  test('not a name that two users share', () => {
    expect(operator('Анна Лебедева', 7, 8)).toBe(7);
  });

  test('of several with that name the only active one: who comes back has another id', () => {
    expect(operator('Ирина Белова', 7)).toBe(12);
    expect(operator('Павел Орлов', 7)).toBe(7);
    expect(operator('Юлия Громова', 7)).toBe(15);
  });

  test('not an id or a phone that is no user’s', () => {
    expect(operator('999', 8)).toBe(8);
    expect(operator('+79990000000', 8)).toBe(8);
    expect(operator('+12025550101 - JOHN DOE', 8)).toBe(8);
  });

  test('then the note’s responsible user, known or not', () => {
    expect(operator(null, 8, 9)).toBe(8);
    expect(operator(null, 12_345, 9)).toBe(12_345);
  });

  test('then its author, unless that is the robot', () => {
    expect(operator(null, 0, 9)).toBe(9);
    expect(operator(null, 0, 0)).toBeNull();
  });
});
