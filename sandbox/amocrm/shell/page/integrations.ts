import { element } from './element.ts';
import type { Session } from './session.ts';
import { label } from './widget.ts';

/** The list of integrations, area `widgetsSettings`: here the one that was uploaded. */
export function drawIntegrations(session: Session, holder: HTMLElement, open: () => void): void {
  const { words, preferences, state } = session;
  const { widget } = state;
  holder.append(element('h2', { class: 'market__title' }, words.own));
  if (widget === undefined) {
    holder.append(element('p', { class: 'market__nothing' }, words.nothing));
    return;
  }
  const say = (key: string) => label(widget, preferences.locale, key);
  const { name, short_description: description } = widget.manifest.widget;
  const isInstalled = widget.settings !== null;
  holder.append(
    element(
      'button',
      { class: 'market__card', type: 'button', onclick: open },
      element('img', { class: 'market__logo', src: `${widget.path}/images/logo_main.png`, alt: '' }),
      element('span', { class: 'market__name' }, say(name)),
      element('span', { class: 'market__description' }, say(description)),
      element(
        'span',
        { class: isInstalled ? 'market__state market__state_on' : 'market__state' },
        isInstalled ? words.installed : words.notInstalled,
      ),
    ),
  );
}
