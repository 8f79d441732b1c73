import type { Group, Operator } from './model.ts';
import { mobileDigits } from './russian-names.ts';
import type { Random } from './random.ts';

export const GROUPS: Group[] = [
  { id: 0, name: 'Отдел продаж' },
  { id: 267688, name: 'Поддержка' },
  { id: 267690, name: 'Входящая линия' },
];

// Fixed people and ids: settings saved for one seed still name somebody in the next one.
const PEOPLE = [
  { name: 'Ольга Ковалёва', isAdmin: true },
  { name: 'Сергей Морозов' },
  { name: 'Анна Лебедева' },
  { name: 'Дмитрий Соколов' },
  { name: 'Екатерина Волкова' },
  { name: 'Тимур Галиев' },
  { name: 'Мария Новикова', isActive: false },
  { name: 'Павел Егоров' },
  { name: 'Ирина Белова', isDeleted: true },
];

/** The account's people: an administrator, operators, one switched off, one deleted. */
export function seedOperators(random: Random): [Operator, ...Operator[]] {
  const [first, ...rest] = PEOPLE.map((person, at): Operator => {
    const id = 939801 + at * 287;
    return {
      id,
      name: person.name,
      email: `user${id}@sandbox.example`,
      phone: `+7${mobileDigits(random)}`,
      groupId: GROUPS[at % GROUPS.length]?.id ?? 0,
      isAdmin: person.isAdmin ?? false,
      isActive: person.isActive ?? true,
      isDeleted: person.isDeleted ?? false,
    };
  });
  if (first === undefined) throw new RangeError('an account needs a user');
  return [first, ...rest];
}
