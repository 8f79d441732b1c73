import { DICTIONARIES, type Locale } from '../text/dictionary.ts';
import { createAdvancedSettings } from './advanced-settings.tsx';
import { createSettingsWindow } from './settings-window.tsx';
import type { AmocrmGlobals, JQueryLike, SavedData, WidgetInstance } from './widget-instance.ts';

export interface CallbackOptions {
  /** Address of the back end, without a slash at the end. */
  backend: string;
  policyUrl: string | null;
  globals: AmocrmGlobals;
  now: () => Date;
}

/**
 * What amoCRM calls in the life of a widget. It may call any of these several times over, in one page or another; only
 * `settings` and `advancedSettings` show anything.
 */
export function createCallbacks(widget: WidgetInstance, options: CallbackOptions) {
  const locale = localeOf(options.globals);
  const settingsWindow = createSettingsWindow(widget, DICTIONARIES[locale], options);
  const advancedSettings = createAdvancedSettings(widget, locale, options.backend);
  return {
    render: () => true,
    init: () => true,
    bind_actions: () => true,
    settings: (body?: JQueryLike) => {
      settingsWindow.open(body);
      return true;
    },
    onSave: (data?: SavedData) => settingsWindow.allowsSaving(data),
    advancedSettings: () => {
      advancedSettings.open();
      return true;
    },
    destroy: () => {
      settingsWindow.close();
      advancedSettings.close();
      return true;
    },
  };
}

function localeOf({ APP }: AmocrmGlobals): Locale {
  return APP?.lang_id === undefined || APP.lang_id === 'ru' ? 'ru' : 'en';
}
