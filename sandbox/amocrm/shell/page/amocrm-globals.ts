import type { Session } from './session.ts';

/** `window.APP`, the documented part of it. @see https://www.amocrm.ru/developers/content/web_sdk/env_variables */
export function amocrmGlobals(session: Session) {
  const { user, preferences, state } = session;
  const { account, users, groups } = state;
  const constants: Record<string, unknown> = {
    account: { ...account, language: preferences.locale, country: 'RU', currency: 'RUB' },
    user: { id: user.id, name: user.name, login: user.email, is_admin: user.isAdmin ? 'Y' : 'N' },
    user_rights: { is_admin: user.isAdmin },
    managers: Object.fromEntries(
      users.map(({ id, name, email, isAdmin, isActive, groupId }) => [
        id,
        { id, title: name, login: email, is_admin: isAdmin ? 'Y' : 'N', active: isActive, group: `group_${groupId}` },
      ]),
    ),
    groups: Object.fromEntries(groups.map(({ id, name }) => [`group_${id}`, name])),
  };
  return {
    lang_id: preferences.locale,
    constant: (name: string): unknown => constants[name],
    notifications: {
      add_error: ({ header = '', text = '' }: { header?: string; text?: string }) => {
        const note = document.createElement('div');
        note.className = 'notification';
        note.setAttribute('role', 'alert');
        note.textContent = `${header} ${text}`.trim();
        document.body.append(note);
      },
    },
  };
}
