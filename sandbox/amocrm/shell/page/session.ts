import type { Preferences } from './preferences.ts';
import type { ShellState, User } from './state.ts';
import type { Words } from './words.ts';

/** What every part of the page needs. */
export interface Session {
  /** Replaced as a whole after the widget is installed, saved or disabled. */
  state: ShellState;
  user: User;
  preferences: Preferences;
  words: Words;
  /** Shows another of the account's pages, as amoCRM does: without loading it anew. */
  go: (path: string) => void;
}

export const INTEGRATIONS = '/settings/widgets/';
export const ADVANCED = '/settings/advanced/';
