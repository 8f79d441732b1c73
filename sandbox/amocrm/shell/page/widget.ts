import { createAuthorizedAjax } from './authorized-ajax.ts';
import type { JQuery } from './jquery.ts';
import type { Session } from './session.ts';
import type { WidgetFacts } from './state.ts';

/** What amoCRM calls at a widget's own occasions. */
interface Callbacks {
  render?: () => unknown;
  init?: () => unknown;
  bind_actions?: () => unknown;
  settings?: (body: ArrayLike<Element>, context?: unknown) => unknown;
  advancedSettings?: () => unknown;
  onSave?: (data: { active: 'Y' | 'N'; fields: Record<string, string> }) => unknown;
  onInstall?: () => unknown;
  destroy?: () => unknown;
}

/** The widget object, `this` of what script.js defines. */
interface WidgetObject {
  callbacks: Callbacks;
}

export interface Widget {
  /** An area that the manifest lists is shown: render, and when that is content, init and bind_actions. */
  enter: () => void;
  leave: () => void;
  openSettings: (body: Element) => void;
  openAdvanced: () => void;
  /** Whether the widget lets amoCRM save; on switching off it is asked too, and destroyed. */
  save: (active: 'Y' | 'N', fields: Record<string, string>) => Promise<boolean>;
  onInstall: () => void;
}

interface Require {
  (names: string[], onLoad: (...modules: unknown[]) => void, onError: (error: Error) => void): void;
  config: (options: Record<string, unknown>) => void;
}

/** Loads the archive's script.js as amoCRM does: by requirejs, from where the archive's files lie. */
export async function loadWidget(session: Session, facts: WidgetFacts, area: () => string): Promise<Widget> {
  const require = (window as unknown as { requirejs: Require }).requirejs;
  const { version } = facts.manifest.widget;
  require.config({ paths: { jquery: '/shell/page/lib/jquery' }, urlArgs: `v=${encodeURIComponent(version)}` });
  const [$, define] = await new Promise<unknown[]>((resolve, reject) => {
    require(['jquery', `${facts.path}/script.js`], (...modules) => resolve(modules), reject);
  });
  const object = { ...widgetObject(session, facts, $ as JQuery, area), callbacks: {} };
  (define as (this: WidgetObject) => unknown).call(object);
  return widgetOf(object, $ as JQuery);
}

function widgetOf({ callbacks }: WidgetObject, $: JQuery): Widget {
  return {
    enter: () => {
      if (callbacks.render?.() === false) return;
      callbacks.init?.();
      callbacks.bind_actions?.();
    },
    leave: () => void callbacks.destroy?.(),
    openSettings: (body) => void callbacks.settings?.($(body)),
    openAdvanced: () => void callbacks.advancedSettings?.(),
    save: async (active, fields) => {
      const allowed = await Promise.resolve(callbacks.onSave?.({ active, fields }) ?? true).catch(() => false);
      if (active === 'N') callbacks.destroy?.();
      return allowed === true;
    },
    onInstall: () => void callbacks.onInstall?.(),
  };
}

function widgetObject(session: Session, facts: WidgetFacts, $: JQuery, area: () => string) {
  const { user, preferences, state } = session;
  const settings = () => ({ ...state.widget?.settings, widget_code: facts.code, path: facts.path });
  return {
    params: {
      path: facts.path,
      widget_code: facts.code,
      oauth_client_uuid: facts.clientId,
      status: facts.settings === null ? 'install' : 'installed',
    },
    get_settings: settings,
    get_version: () => facts.manifest.widget.version,
    get_install_status: () => (session.state.widget?.settings ? 'installed' : 'install'),
    i18n: (key: string) => textAt(facts, preferences.locale, key),
    system: () => ({
      area: area(),
      amouser_id: user.id,
      amouser: user.email,
      domain: state.account.domain,
      subdomain: state.account.subdomain,
    }),
    $authorizedAjax: createAuthorizedAjax($, user.id),
  };
}

/** `widget.name` of i18n/{locale}.json: a text, or the object of texts at that place. */
function textAt({ texts }: WidgetFacts, locale: string, key: string): unknown {
  return key
    .split('.')
    .reduce<unknown>(
      (place, part) => (typeof place === 'object' && place !== null ? Reflect.get(place, part) : undefined),
      texts[locale],
    );
}

/** Such a text for people; its key where the archive has none, as amoCRM shows it. */
export function label(facts: WidgetFacts, locale: string, key: string): string {
  const text = textAt(facts, locale, key);
  return typeof text === 'string' ? text : key;
}
