import type { SendRequest } from '../api/request.ts';

/** The parts of amoCRM's widget object (`this` in script.js) that are used here. */
export interface WidgetInstance {
  params?: { path?: string; widget_code?: string };
  get_settings: () => { widget_code?: string; path?: string };
  get_version: () => string;
  /** jQuery's ajax with a disposable token of the user in `X-Auth-Token`. */
  $authorizedAjax: SendRequest;
}

/** The globals of amoCRM's page that are read, never written. */
export interface AmocrmGlobals {
  APP?: { lang_id?: string };
}

/** What amoCRM hands to `onSave`. */
export interface SavedData {
  /** `N` or false when the widget is being switched off. */
  active?: string | boolean;
  fields?: Record<string, unknown>;
}

/** amoCRM hands over jQuery collections; their first element is what is needed. */
export type JQueryLike = ArrayLike<Element>;
