import { element } from './element.ts';
import type { Preferences } from './preferences.ts';
import type { Session } from './session.ts';

/** What is not amoCRM's: who is signed in, in which language and theme, and what became of the last hook. */
export function sandboxBar(session: Session, change: (part: Partial<Preferences>) => void): HTMLElement {
  const { words, preferences, state } = session;
  const users = state.users.map(({ id, name, isAdmin }) => ({
    value: String(id),
    title: isAdmin ? `${name} (${words.admin})` : name,
  }));
  const themes = (['light', 'dark'] as const).map((value) => ({ value, title: words.themes[value] }));
  const locales = (['ru', 'en'] as const).map((value) => ({ value, title: value }));
  return element(
    'aside',
    { class: 'sandbox-bar', 'aria-label': words.sandbox },
    element('b', {}, words.sandbox),
    choice(words.user, String(preferences.userId), users, (value) => change({ userId: Number(value) })),
    choice(words.locale, preferences.locale, locales, (locale) => change({ locale })),
    choice(words.theme, preferences.theme, themes, (theme) => change({ theme })),
    element('span', { class: 'sandbox-bar__hook', role: 'status' }, hookText(session)),
  );
}

function hookText({ state, words }: Session): string {
  if (!state.lastHook) return '';
  const { outcome, status } = state.lastHook;
  const told: Record<string, string> = words.hook;
  return `${told[outcome] ?? outcome} ${status ?? ''}`.trim();
}

function choice<Value extends string>(
  name: string,
  value: Value,
  options: { value: Value; title: string }[],
  onChoose: (value: Value) => void,
): HTMLElement {
  const items = options.map((option) =>
    element('option', { value: option.value, selected: option.value === value }, option.title),
  );
  const select = element('select', {}, ...items);
  select.onchange = () => {
    const chosen = options[select.selectedIndex];
    if (chosen) onChoose(chosen.value);
  };
  return element('label', {}, `${name} `, select);
}
