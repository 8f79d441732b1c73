import type { LossReason, Pipeline, Status, Tag } from './model.ts';

/** The two closing statuses have these ids in every pipeline of every account. */
export const WON = 142;
export const LOST = 143;

export const PIPELINES: [Pipeline, ...Pipeline[]] = [
  pipeline(3177727, 'Продажи', 1, ['Первичный контакт', 'Переговоры', 'Принимают решение', 'Согласование договора']),
  pipeline(3177893, 'Сервис', 2, ['Новая заявка', 'В работе', 'Ждём клиента']),
];

export const LOSS_REASONS: [LossReason, ...LossReason[]] = [
  { id: 4203748, name: 'Пропала потребность' },
  { id: 4203751, name: 'Слишком дорого' },
  { id: 4203754, name: 'Выбрали других' },
];

export const TAGS: [Tag, ...Tag[]] = [
  { id: 2707, name: 'Заявка с сайта', color: 'EBEBEB' },
  { id: 2709, name: 'Техническая поддержка', color: null },
  { id: 2711, name: 'VIP', color: 'FFC8C8' },
  { id: 2713, name: 'Повторный', color: null },
];

function pipeline(id: number, name: string, sort: number, steps: string[]): Pipeline {
  const statuses: Status[] = [
    { id: id + 1000, name: 'Неразобранное', sort: 10, isEditable: false, color: '#c1c1c1', type: 1 },
    ...steps.map((step, at) => ({
      id: id + 1003 + at * 3,
      name: step,
      sort: 20 + at * 10,
      isEditable: true,
      color: '#99ccff',
      type: 0,
    })),
    { id: WON, name: 'Успешно реализовано', sort: 10000, isEditable: false, color: '#CCFF66', type: 0 },
    { id: LOST, name: 'Закрыто и не реализовано', sort: 11000, isEditable: false, color: '#D5D8DB', type: 0 },
  ];
  return { id, name, sort, isMain: sort === 1, statuses };
}
