// A browser's page within Node, for the tests of this folder. Imported first: what is imported later finds it there.
import { afterAll } from '@jest/globals';
import { Window } from 'happy-dom';

const page = new Window({ url: 'https://example.amocrm.ru/settings/widgets/' });

const GLOBALS = {
  window: page,
  document: page.document,
  navigator: page.navigator,
  HTMLElement: page.HTMLElement,
  Element: page.Element,
  Node: page.Node,
  Event: page.Event,
  MutationObserver: page.MutationObserver,
  requestAnimationFrame: page.requestAnimationFrame.bind(page),
  cancelAnimationFrame: page.cancelAnimationFrame.bind(page),
};

for (const [name, value] of Object.entries(GLOBALS)) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

afterAll(async () => {
  // Preact ends the effects of what was taken off the page behind the next frame.
  await new Promise((resolve) => page.requestAnimationFrame(() => page.setTimeout(resolve)));
  await page.happyDOM.close();
  for (const name of Object.keys(GLOBALS)) Reflect.deleteProperty(globalThis, name);
});
