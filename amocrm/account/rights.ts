import type { Sentence } from '../../errors/codes.ts';

/** What a token must be allowed to, by the first part of the path that amoCRM denied it. */
const RIGHTS: Record<string, Sentence> = {
  users: { en: 'the rights of an administrator (list of users)', ru: 'права администратора (список пользователей)' },
  leads: { en: 'the right to view leads', ru: 'право на просмотр сделок' },
  contacts: { en: 'the right to view contacts', ru: 'право на просмотр контактов' },
  companies: { en: 'the right to view companies', ru: 'право на просмотр компаний' },
  customers: { en: 'the right to view customers', ru: 'право на просмотр покупателей' },
  account: {
    en: 'the scope “account data” and an account that lets this address in',
    ru: 'доступ «данные аккаунта» и аккаунт, в который пускают с этого адреса',
  },
};

const ANY: Sentence = { en: 'the rights of an administrator', ru: 'права администратора' };

/** The right that a 403 in JSON says is missing. amoCRM names none itself: the path tells. */
export function lackingRight(path: string): Sentence {
  return RIGHTS[path.split('/')[1] ?? ''] ?? ANY;
}
