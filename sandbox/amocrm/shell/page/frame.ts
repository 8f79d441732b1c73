import { element } from './element.ts';
import { changePreferences } from './preferences.ts';
import { sandboxBar } from './sandbox-bar.ts';
import { ADVANCED, INTEGRATIONS, type Session } from './session.ts';
import { label } from './widget.ts';

/** The page around an area: amoCRM's own navigation, and above it the strip that is the sandbox's. */
export function drawFrame(session: Session, path: string, title: string): HTMLElement {
  const holder = element('div', { id: 'list_page_holder', class: 'holder' });
  document.title = `${title} · ${session.words.sandbox}`;
  document.body.replaceChildren(
    sandboxBar(session, (part) => changePreferences(session.preferences, part)),
    element(
      'div',
      { class: 'frame' },
      navigation(session),
      settingsMenu(session, path),
      element(
        'main',
        { class: 'work-area' },
        element('header', { class: 'work-area__head' }, element('h1', { class: 'work-area__title' }, title)),
        holder,
      ),
    ),
  );
  return holder;
}

function navigation({ words }: Session): HTMLElement {
  const items = words.nav.map((name, at) =>
    element(
      'li',
      { class: at === words.nav.length - 1 ? 'nav__item nav__item_selected' : 'nav__item' },
      element('span', { class: `nav__sign nav__sign_${at}`, 'aria-hidden': 'true' }),
      name,
    ),
  );
  return element('nav', { class: 'nav', 'aria-label': 'amoCRM' }, element('ul', {}, ...items));
}

/** amoCRM puts a widget's page after its own ones, once the widget is installed. */
function settingsMenu(session: Session, path: string): HTMLElement {
  const { words, state, preferences } = session;
  const own = words.menu.map((name) => element('li', { class: 'menu__item menu__item_idle' }, name));
  const link = (to: string, name: string) => {
    const go = (event: Event) => {
      event.preventDefault();
      session.go(to);
    };
    const anchor = element('a', { class: 'menu__link', href: to, onclick: go }, name);
    if (to === path) anchor.setAttribute('aria-current', 'page');
    return element('li', { class: 'menu__item' }, anchor);
  };
  const { widget } = state;
  const hasPage = widget?.settings != null && widget.manifest.advanced !== undefined;
  return element(
    'nav',
    { class: 'menu', 'aria-label': words.settings },
    element('p', { class: 'menu__title' }, words.settings),
    element(
      'ul',
      {},
      link(INTEGRATIONS, words.market),
      ...own,
      ...(hasPage ? [link(ADVANCED, label(widget, preferences.locale, widget.manifest.advanced?.title ?? ''))] : []),
    ),
  );
}
