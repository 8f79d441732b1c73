import type { Random } from './random.ts';

const MEN = ['Алексей', 'Андрей', 'Артём', 'Борис', 'Вадим', 'Виктор', 'Глеб', 'Дмитрий', 'Егор', 'Иван', 'Кирилл', 'Максим', 'Никита', 'Павел', 'Роман', 'Сергей', 'Тимур', 'Фёдор', 'Юрий', 'Ярослав'] as const; // prettier-ignore
const WOMEN = ['Алина', 'Анна', 'Вера', 'Галина', 'Дарья', 'Екатерина', 'Жанна', 'Зоя', 'Ирина', 'Ксения', 'Любовь', 'Мария', 'Наталья', 'Ольга', 'Полина', 'Светлана', 'Татьяна', 'Ульяна', 'Эльвира', 'Юлия'] as const; // prettier-ignore
const SURNAMES = ['Абрамов', 'Белов', 'Власов', 'Громов', 'Демидов', 'Ершов', 'Жуков', 'Захаров', 'Ильин', 'Калинин', 'Ларин', 'Мельников', 'Назаров', 'Орлов', 'Поляков', 'Рябов', 'Савин', 'Титов', 'Уваров', 'Фомин', 'Хохлов', 'Цветков', 'Чернов', 'Шубин', 'Щукин', 'Юдин', 'Якушев'] as const; // prettier-ignore
const FIRMS = ['Вектор', 'Северный ветер', 'Ромашка', 'Технолайн', 'Ёлка и Ко', 'Горизонт', 'СтройМаркет', 'Медсервис', 'Альфа-Логистик', 'Каменный мост', 'Дом мебели', 'Рога и копыта', 'Автоимпорт', 'Чайная лавка', 'Оптика 24'] as const; // prettier-ignore
const FORMS = ['ООО', 'АО', 'ИП'] as const;
const WANTS = ['Кухня', 'Окна в дом', 'Поставка оборудования', 'Договор на обслуживание', 'Консультация', 'Ремонт офиса', 'Страхование', 'Обучение сотрудников', 'Шкаф-купе', 'Доставка'] as const; // prettier-ignore

export interface PersonName {
  firstName: string;
  lastName: string;
}

/** A Russian name whose surname agrees with its sex. */
export function personName(random: Random): PersonName {
  if (random.chance(0.5)) return { firstName: random.pick(MEN), lastName: random.pick(SURNAMES) };
  return { firstName: random.pick(WOMEN), lastName: `${random.pick(SURNAMES)}а` };
}

export function companyName(random: Random, person: PersonName): string {
  const form = random.pick(FORMS);
  if (form === 'ИП') return `ИП ${person.lastName} ${person.firstName.charAt(0)}.`;
  return `${form} «${random.pick(FIRMS)}»`;
}

export function leadName(random: Random): string {
  return random.chance(0.2) ? `Сделка #${random.int(1000, 99999)}` : random.pick(WANTS);
}

/** Ten digits of a Russian mobile number, without the country code. */
export function mobileDigits(random: Random): string {
  return `9${random.int(0, 99).toString().padStart(2, '0')}${random.int(0, 9_999_999).toString().padStart(7, '0')}`;
}
