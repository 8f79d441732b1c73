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

/** amoCRM, too, shows another language or user only after the page is loaded anew. A theme is only its colours. */
export function changePreferences(preferences: Preferences, part: Partial<Preferences>): void {
  Object.assign(preferences, part);
  localStorage.setItem(KEY, JSON.stringify(preferences));
  if (part.userId !== undefined || part.locale !== undefined) location.reload();
  else showTheme(preferences);
}

export function showTheme({ theme }: Preferences): void {
  document.documentElement.dataset['colorScheme'] = theme;
}
