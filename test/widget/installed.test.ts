import './browser.ts';
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { configure, fireEvent, waitFor, within } from '@testing-library/dom';
import { loadModule } from './amd.ts';
import { createBackEnd } from './back-end.ts';
import { buildArchive, filesOf } from './built-archive.ts';

configure({ asyncUtilTimeout: 30_000 });

interface Callbacks {
  render: () => unknown;
  init: () => unknown;
  bind_actions: () => unknown;
  settings: (body?: unknown) => unknown;
  onSave: (data?: unknown) => unknown;
  advancedSettings: () => unknown;
  destroy: () => unknown;
}

type Widget = new () => { callbacks: Callbacks };

let files: Map<string, Uint8Array>;

beforeAll(async () => {
  files = filesOf(
    await buildArchive('--backend', 'https://export.example', '--policy', 'https://company.example/policy'),
  );
});

afterEach(() => {
  document.head.replaceChildren();
  document.body.replaceChildren();
});

/** The very files of the archive, installed into a page as amoCRM does. */
function install() {
  const backEnd = createBackEnd();
  const Widget = loadModule(files, 'script.js') as Widget;
  Object.assign(Widget.prototype as object, {
    params: { path: '/upl/speechsense/widget', widget_code: 'speechsense' },
    get_settings: () => ({ widget_code: 'speechsense' }),
    get_version: () => '0.1.0',
    $authorizedAjax: backEnd.send,
  });
  const { callbacks } = new Widget();
  return { backEnd, callbacks };
}

/** The settings window with its custom field, as amoCRM draws it. */
function settingsWindow(value = '') {
  const body = document.createElement('div');
  const input = document.createElement('input');
  input.id = 'consent_custom';
  input.value = value;
  const content = document.createElement('div');
  content.id = 'consent_custom_content';
  body.append(input, content);
  document.body.append(body);
  return { body, input, seen: within(body) };
}

describe('the installed widget', () => {
  test('render, init and bind_actions answer true, however often', () => {
    const { callbacks } = install();
    for (const name of ['render', 'init', 'bind_actions', 'render'] as const) expect(callbacks[name]()).toBe(true);
    expect(document.body.childElementCount).toBe(0);
  });

  test('refuses to be saved without the consent and says why', async () => {
    const { callbacks } = install();
    const { body, seen } = settingsWindow();
    callbacks.settings([body]);
    expect(seen.getByRole('checkbox')).toHaveProperty('checked', false);
    expect(callbacks.onSave({ fields: { consent: '' } })).toBe(false);
    expect((await seen.findByRole('alert')).textContent).toContain('Без согласия виджет не сохраняется');
  });

  test('the ticked consent becomes the field’s JSON, wakes Save, and lets it through', async () => {
    const { callbacks } = install();
    const { body, input, seen } = settingsWindow();
    let changes = 0;
    body.addEventListener('change', ({ target }) => {
      if (target === input) changes++;
    });
    callbacks.settings([body]);
    const box = seen.getByRole('checkbox', { name: /Согласен на передачу персональных данных/ });
    fireEvent.click(box);
    const value: unknown = JSON.parse(input.value);
    expect(value).toEqual({ accepted: true, at: expect.stringMatching(/^\d{4}-.*Z$/), version: 1 });
    expect(changes).toBe(1);
    expect(callbacks.onSave({ fields: { consent: input.value } })).toBe(true);
    // amoCRM also hands the field back already parsed.
    expect(callbacks.onSave({ fields: { consent: value } })).toBe(true);
    fireEvent.click(box);
    await waitFor(() => expect(input.value).toBe(''));
    expect(callbacks.onSave({ fields: { consent: '' } })).toBe(false);
  });

  test('a consent given before is ticked; one to older terms is not', () => {
    const { callbacks } = install();
    const given = settingsWindow(JSON.stringify({ accepted: true, at: '2026-11-01T00:00:00Z', version: 1 }));
    callbacks.settings([given.body]);
    expect(given.seen.getByRole('checkbox')).toHaveProperty('checked', true);
    given.body.remove();
    const older = settingsWindow(JSON.stringify({ accepted: true, at: '2020-01-01T00:00:00Z', version: 0 }));
    callbacks.settings([older.body]);
    expect(older.seen.getByRole('checkbox')).toHaveProperty('checked', false);
  });

  test('is switched off without any consent', () => {
    expect(install().callbacks.onSave({ active: 'N', fields: {} })).toBe(true);
  });

  test('opens the settings page once in the place for it, with its stylesheet once, and leaves nothing behind', async () => {
    const { callbacks, backEnd } = install();
    const place = document.createElement('div');
    place.id = 'list_page_holder';
    document.body.append(place);
    callbacks.advancedSettings();
    callbacks.advancedSettings();
    await within(place).findByRole('region', { name: 'Подключение' });
    expect(place.querySelectorAll('.speechsense-export')).toHaveLength(1);
    const sheets = Array.from(document.querySelectorAll('link')).map((link) => link.getAttribute('href'));
    expect(sheets).toEqual(['/upl/speechsense/widget/style.css?v=0.1.0']);
    callbacks.destroy();
    expect(place.childElementCount).toBe(0);
    await waitFor(() => {
      const asked = backEnd.requests.length;
      document.dispatchEvent(new Event('visibilitychange'));
      expect(backEnd.requests).toHaveLength(asked);
    });
  });

  test('speaks English where amoCRM does', () => {
    Reflect.set(window, 'APP', { lang_id: 'en' });
    const { callbacks } = install();
    Reflect.deleteProperty(window, 'APP');
    const { body, seen } = settingsWindow();
    callbacks.settings([body]);
    expect(seen.getByRole('checkbox', { name: /I agree to the transfer of personal data/ })).toBeDefined();
    expect(seen.getByRole('link').getAttribute('href')).toBe('https://company.example/policy');
  });
});
