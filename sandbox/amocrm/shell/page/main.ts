import { amocrmGlobals } from './amocrm-globals.ts';
import { element } from './element.ts';
import { drawFrame } from './frame.ts';
import { drawIntegrations } from './integrations.ts';
import { readPreferences, showTheme } from './preferences.ts';
import { ADVANCED, INTEGRATIONS, type Session } from './session.ts';
import { openSettingsWindow } from './settings-window.ts';
import { readState, type ShellState } from './state.ts';
import { label, loadWidget, type Widget } from './widget.ts';
import { WORDS } from './words.ts';

const session = createSession(await readState());
document.documentElement.lang = session.preferences.locale;
showTheme(session.preferences);
Object.assign(window, { APP: amocrmGlobals(session) });

let area = '';
let widget: Widget | undefined;
if (session.state.widget) widget = await loadWidget(session, session.state.widget, () => area);
window.addEventListener('popstate', () => {
  leave();
  show(location.pathname);
});
show(location.pathname);

function createSession(state: ShellState): Session {
  const [first] = state.users;
  if (!first) throw new Error('the account has no users');
  const preferences = readPreferences(first.id);
  const user = state.users.find(({ id }) => id === preferences.userId) ?? first;
  return { state, user, preferences, words: WORDS[preferences.locale], go };
}

function go(path: string): void {
  leave();
  history.pushState(null, '', path);
  show(path);
}

function leave(): void {
  if (area !== '') widget?.leave();
  area = '';
}

function show(path: string): void {
  if (path === ADVANCED) showAdvanced();
  else showIntegrations();
}

function showIntegrations(): void {
  const holder = drawFrame(session, INTEGRATIONS, session.words.market);
  enter('widgetsSettings');
  drawIntegrations(session, holder, () => {
    const facts = session.state.widget;
    if (!facts || !widget) return;
    openSettingsWindow({
      session,
      facts,
      widget,
      onChanged: (state) => {
        session.state = state;
        go(INTEGRATIONS);
      },
    });
  });
}

function showAdvanced(): void {
  const facts = session.state.widget;
  const title = facts?.manifest.advanced && label(facts, session.preferences.locale, facts.manifest.advanced.title);
  const holder = drawFrame(session, ADVANCED, title ?? session.words.settings);
  if (!facts || facts.settings === null || title === undefined) {
    holder.append(element('p', { class: 'market__nothing' }, session.words.noAdvanced));
    return;
  }
  holder.append(element('div', { id: `work-area-${facts.code}` }));
  enter(`advanced-settings:${facts.code}`);
  widget?.openAdvanced();
}

function enter(name: string): void {
  area = name;
  // The widget runs where it is installed; in the list of integrations its settings window needs it before.
  widget?.enter();
}
