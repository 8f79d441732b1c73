import { element } from './element.ts';
import type { Session } from './session.ts';
import { post, type WidgetFacts } from './state.ts';
import { label, type Widget } from './widget.ts';

interface SettingsWindowOptions {
  session: Session;
  facts: WidgetFacts;
  widget: Widget;
  /** The widget was installed, saved or disabled. */
  onChanged: (state: Session['state']) => void;
}

/** The widget's settings window: its logo and description, the manifest's fields, and the buttons below them. */
export function openSettingsWindow(options: SettingsWindowOptions): void {
  const { session, facts, widget, onChanged } = options;
  const { words, preferences } = session;
  const say = (key: string) => label(facts, preferences.locale, key);
  const isInstalled = facts.settings !== null;
  const { manifest } = facts;

  const fields = Object.entries(manifest.settings).map(([code, field]) => ({
    code,
    isRequired: field.required,
    ...(field.type === 'custom' ? customField(code) : textField(code, field.type)),
  }));
  const values = () => Object.fromEntries(fields.map(({ code, input }) => [code, input.value]));
  const refusal = element('p', { class: 'modal__refusal', role: 'alert' });

  const save = async () => {
    refusal.textContent = '';
    for (const { input, isRequired, place } of fields) {
      place.classList.toggle('field_refused', isRequired && input.value === '');
    }
    if (fields.some(({ input, isRequired }) => isRequired && input.value === '')) {
      refusal.textContent = words.requiredEmpty;
      return;
    }
    if (!(await widget.save('Y', values()))) return;
    const state = await post('/shell/settings', { fields: values() });
    if (!isInstalled) widget.onInstall();
    close();
    onChanged(state);
  };
  const disable = async () => {
    if (!(await widget.save('N', values()))) return;
    const state = await post('/shell/disable', {});
    close();
    onChanged(state);
  };
  const close = () => overlay.remove();

  const saveButton = element(
    'button',
    { type: 'button', class: `button button_blue ${isInstalled ? 'js-widget-save' : 'js-widget-install'}` },
    isInstalled ? words.save : words.install,
  );
  saveButton.onclick = () => void save();
  const disableButton = element('button', { type: 'button', class: 'button js-widget-uninstall' }, words.disable);
  disableButton.onclick = () => void disable();
  const body = element(
    'div',
    { class: 'modal__body widget-settings' },
    ...fields.map(({ place }) => place),
    refusal,
    element('div', { class: 'modal__buttons' }, saveButton, ...(isInstalled ? [disableButton] : [])),
  );
  const { name, description } = manifest.widget;
  const overlay = element(
    'div',
    { class: 'overlay' },
    element(
      'div',
      { class: 'modal', role: 'dialog', 'aria-modal': 'true', 'aria-label': say(name) },
      element('button', { type: 'button', class: 'modal__close', 'aria-label': words.close, onclick: close }, '×'),
      element(
        'div',
        { class: 'modal__about' },
        element('img', { class: 'modal__logo', src: `${facts.path}/images/logo_main.png`, alt: '' }),
        element('h2', { class: 'modal__name' }, say(name)),
        element('p', { class: 'modal__description' }, say(description)),
      ),
      body,
    ),
  );
  document.body.append(overlay);
  widget.openSettings(body);

  /** A hidden input and a room, which the widget fills by itself. */
  function customField(code: string) {
    const input = element('input', { type: 'hidden', id: `${code}_custom`, name: code });
    input.value = facts.settings?.[code] ?? '';
    const room = element('div', { id: `${code}_custom_content` });
    return { input, place: fieldPlace(code, element('div', {}, input, room)) };
  }

  function textField(code: string, type: string) {
    const input = element('input', { class: 'text-input', type: type === 'pass' ? 'password' : 'text', name: code });
    input.value = facts.settings?.[code] ?? '';
    return { input, place: fieldPlace(code, input) };
  }

  function fieldPlace(code: string, control: HTMLElement): HTMLElement {
    const title = say(manifest.settings[code]?.name ?? code);
    return element('div', { class: 'field' }, element('div', { class: 'field__name' }, title), control);
  }
}
