export type Locale = 'ru' | 'en';
type Theme = 'light' | 'dark';

/** Who looks at the page and how: what amoCRM keeps in a user's session and profile. */
export interface Preferences {
  userId: number;
  locale: Locale;
  theme: Theme;
}

const KEY = 'sandbox-shell';

export function readPreferences(defaultUserId: number): Preferences {
  const defaults: Preferences = { userId: defaultUserId, locale: 'ru', theme: 'light' };
  try {
    return { ...defaults, ...(JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>) };
  } catch {
    return defaults;
  }
}

/** amoCRM, too, shows another language, theme or user only after the page is loaded anew. */
export function changePreferences(now: Preferences, part: Partial<Preferences>): void {
  localStorage.setItem(KEY, JSON.stringify({ ...now, ...part }));
  location.reload();
}
