import { beforeAll, describe, expect, test } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { buildArchive, filesOf } from './built-archive.ts';

const BACKEND = 'https://export.example';
const OPTIONS = [
  ...['--backend', BACKEND],
  ...['--support-link', 'https://support.example/', '--support-email', 'help@support.example'],
];

let archive: Uint8Array;
let files: Map<string, Uint8Array>;

beforeAll(async () => {
  archive = await buildArchive(...OPTIONS);
  files = filesOf(archive);
});

const text = (name: string) => new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(files.get(name));
const json = (name: string) => JSON.parse(text(name)) as Record<string, unknown>;
const texts = () => [...files.keys()].filter((name) => !name.startsWith('images/'));
const scripts = () => [...files.keys()].filter((name) => name.endsWith('.js'));

/** Code without its comments: they may speak of what the code may not do. */
const code = (name: string) =>
  text(name)
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|\s)\/\/.*$/gm, '$1');

function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((part, name) => (typeof part === 'object' && part ? Reflect.get(part, name) : undefined), value);
}

describe('widget.zip', () => {
  test('has its files at the root and nothing that is not needed', () => {
    expect([...files.keys()].sort()).toEqual([
      'app.js',
      'i18n/en.json',
      'i18n/ru.json',
      'images/logo.png',
      'images/logo_main.png',
      'images/logo_medium.png',
      'images/logo_min.png',
      'images/logo_small.png',
      'manifest.json',
      'script.js',
      'style.css',
    ]);
  });

  test('is the same bytes for the same sources', async () => {
    expect(Buffer.compare(await buildArchive(...OPTIONS), archive)).toBe(0);
  });

  test('is UTF-8 without a byte order mark, with \\n at the ends of lines', () => {
    for (const name of texts()) {
      expect([name, text(name).charCodeAt(0) === 0xfeff]).toEqual([name, false]);
      expect([name, text(name).includes('\r')]).toEqual([name, false]);
    }
  });
});

describe('manifest.json', () => {
  test('has every field that moderation asks for, and texts for all of them in both languages', () => {
    const manifest = json('manifest.json');
    expect(manifest).toMatchObject({
      widget: {
        interface_version: 2,
        init_once: false,
        locale: ['ru', 'en'],
        installation: true,
        support: { link: 'https://support.example/', email: 'help@support.example' },
      },
      locations: ['settings', 'advanced_settings'],
    });
    expect(at(manifest, 'widget.version')).toMatch(/^\d+\.\d+\.\d+$/);
    const keys = ['widget.name', 'widget.description', 'widget.short_description', 'advanced.title'];
    for (const path of [...keys, 'settings.consent.name']) {
      const key = at(manifest, path);
      for (const language of ['ru', 'en']) {
        expect([path, typeof at(json(`i18n/${language}.json`), String(key))]).toEqual([path, 'string']);
      }
    }
  });

  test('asks for the consent as the one required custom field, and for no secret', () => {
    expect(json('manifest.json')['settings']).toEqual({
      consent: { name: 'settings.consent', type: 'custom', required: true },
    });
  });

  test('neither name nor title takes the name of amoCRM or of one of its pages', () => {
    for (const language of ['ru', 'en']) {
      const words = json(`i18n/${language}.json`);
      expect(at(words, 'widget.name')).not.toMatch(/amo|kommo/i);
      expect(at(words, 'advanced.title')).toMatch(/SpeechSense/);
    }
  });
});

describe('i18n', () => {
  test('has the same structure in every language', () => {
    const paths = (value: unknown, path = ''): string[] =>
      typeof value === 'object' && value !== null
        ? Object.entries(value).flatMap(([name, part]) => paths(part, `${path}.${name}`))
        : [path];
    expect(paths(json('i18n/en.json'))).toEqual(paths(json('i18n/ru.json')));
  });
});

describe('images', () => {
  test.each([
    ['logo_main', 400, 272],
    ['logo_small', 108, 108],
    ['logo', 130, 100],
    ['logo_medium', 240, 84],
    ['logo_min', 84, 84],
  ])('%s is a PNG of %d × %d, at most 300 KB', (name, width, height) => {
    const image = Buffer.from(files.get(`images/${name}.png`) ?? []);
    expect(image.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
    expect(image.toString('latin1', 12, 16)).toBe('IHDR');
    expect([image.readUInt32BE(16), image.readUInt32BE(20)]).toEqual([width, height]);
    expect(image.length).toBeLessThan(300_000);
    expect(image.includes('acTL')).toBe(false);
  });
});

describe('code', () => {
  test.each([
    ['eval', /\beval\s*\(|new Function\b/],
    ['alert, confirm, prompt', /(?<![.\w])(?:window\.)?(?:alert|confirm|prompt)\s*\(/],
    ['console', /\bconsole\s*\./],
    ['script elements', /createElement\(\s*['"`]script|<script/i],
    ['synchronous requests', /async:\s*(?:false|!1)/],
    ['requests past $authorizedAjax', /\bfetch\s*\(|XMLHttpRequest|\$\.ajax|sendBeacon|WebSocket|EventSource/],
    ['repeating timers', /setInterval/],
    ['writing to amoCRM’s globals', /\b(?:AMOCRM|APP)\s*(?:\.\w+\s*)*=[^=]/],
    ['modules from elsewhere', /\bimport\s*\(|\brequire\s*\(/],
    ['storing in the browser', /localStorage|sessionStorage|document\.cookie/],
    ['test data', /example\.amocrm|79990000000/],
  ])('has none of: %s', (_, forbidden) => {
    for (const name of scripts()) expect([name, forbidden.exec(code(name))?.[0]]).toEqual([name, undefined]);
  });

  test('loads nothing from other hosts; the only address in it is the back end’s', () => {
    const NAMESPACES = /^http:\/\/www\.w3\.org\//;
    for (const name of scripts()) {
      const addresses = [...code(name).matchAll(/https?:\/\/[^\s"'`]+/g)].map(([address]) => address);
      const foreign = addresses.filter((address) => !NAMESPACES.test(address) && address !== BACKEND);
      expect([name, foreign]).toEqual([name, []]);
    }
    expect(text('style.css')).not.toMatch(/url\(|@import/);
  });

  test('is AMD modules whose own dependencies lie in the archive', () => {
    for (const name of scripts()) {
      expect([name, /^define\(/m.test(text(name))]).toEqual([name, true]);
      for (const [, dependency = ''] of text(name).matchAll(/^define\(\['\.\/([^']+)'/gm)) {
        expect([name, dependency, files.has(dependency)]).toEqual([name, dependency, true]);
      }
    }
  });

  test('is readable: neither minified nor obfuscated', () => {
    for (const name of scripts()) {
      const lines = text(name).split('\n');
      const longest = Math.max(...lines.map((line) => line.length));
      expect([name, longest < 600]).toEqual([name, true]);
      expect([name, text(name).length / lines.length < 80]).toEqual([name, true]);
    }
  });

  test('draws no HTML of its own from text', () => {
    const [, own = ''] = text('app.js').split(/^\s*\/\/ widget\/page\/page-context\.ts$/m);
    expect(own).not.toBe('');
    expect(text('app.js')).not.toMatch(/dangerouslySetInnerHTML:/);
    expect(own).not.toMatch(/insertAdjacentHTML|outerHTML|document\.write/);
  });

  test('weighs at most 90 KiB on its way', () => {
    const sent = gzipSync(files.get('app.js') ?? '').length + gzipSync(files.get('style.css') ?? '').length;
    expect(sent).toBeLessThanOrEqual(90 * 1024);
  });
});

describe('style.css', () => {
  test('reaches nothing outside of the widget’s own elements', () => {
    const css = text('style.css').replace(/\/\*[\s\S]*?\*\//g, '');
    const rules = [...css.matchAll(/(?:^|[{}])\s*([^{}@]+?)\s*\{/g)].map(([, selector = '']) => selector);
    const selectors = rules.flatMap((rule) => rule.split(',')).map((selector) => selector.trim());
    // Steps of an animation are no selectors.
    const foreign = selectors.filter(
      (selector) =>
        !selector.startsWith('.speechsense-export') &&
        !selector.startsWith("html[data-color-scheme='dark'] .speechsense-export") &&
        !/^(?:from|to|\d+%)$/.test(selector),
    );
    expect(selectors.length).toBeGreaterThan(50);
    expect(foreign).toEqual([]);
    for (const [, name] of css.matchAll(/@keyframes\s+(\S+)/g)) expect(name).toMatch(/^speechsense-export-/);
  });

  test('knows every class that the page uses', () => {
    const used = new Set([...text('app.js').matchAll(/\bsse-[a-z]+(?:__[a-z]+)?\b(?![-_$])/g)].map(([name]) => name));
    // An anchor to jump to, not a class.
    used.delete('sse-connection');
    const unknown = [...used].filter((name) => !text('style.css').includes(`.${name}`));
    expect(unknown.sort()).toEqual([]);
  });
});
