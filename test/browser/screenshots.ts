// `npm run screenshots`: pictures of every state of the widget's page, in both themes and two widths, from the real
// product around the sandbox; those that the guides show go into docs/images. Options: --out FOLDER,
// --guides (only those), --only PATTERN (pictures of the scenes with such a name; the others are only passed through).
import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from '../../scripts/servers/postgres-server.ts';
import { EXPORT_SEARCH_ATTRIBUTES } from '../../scripts/servers/search-attributes.ts';
import { findTemporalCli } from '../../scripts/programs/temporal-cli.ts';
import { startTemporal } from '../../scripts/servers/temporal-server.ts';
import { createProduct } from './product.ts';
import { lookAt, SCENES_STAGE, type Scene } from './scenes/scene.ts';
import { SCENES } from './scenes/scenes.ts';

const projectRoot = path.resolve(import.meta.dirname, '../..');
const say = (line: string) => console.log(line);
const { values } = parseArgs({
  options: {
    out: { type: 'string' },
    guides: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
  },
});

const folder = await mkdtemp(path.join(tmpdir(), 'speechsense-screenshots-'));
// Root's Postgres runs as somebody else, who must get through to its data.
await chmod(folder, 0o711);
const out = values.out ?? path.join(folder, 'pictures');
await mkdir(out, { recursive: true });
const postgres = await startPostgres({ dataDir: path.join(folder, 'postgres'), persistent: false, say });
const temporal = await startTemporal({
  cliPath: await findTemporalCli({ projectRoot, env: process.env, say }),
  dbFilename: path.join(folder, 'temporal.db'),
  searchAttributes: EXPORT_SEARCH_ATTRIBUTES,
  say,
});
const product = await createProduct({
  databaseUrl: postgres.url,
  temporalAddress: temporal.address,
  ...SCENES_STAGE,
});

/** Both themes at two widths, and once in English. */
const LOOKS = {
  ru: (['light', 'dark'] as const).flatMap((theme) => [1_280, 1_600].map((width) => ({ theme, width }))),
  en: [{ theme: 'light' as const, width: 1_280 }],
};
// Spinners and bars come to rest.
const STILL = { animations: 'disabled' } as const;

try {
  for (const scene of SCENES) {
    await scene.prepare?.(product);
    for (const locale of ['ru', 'en'] as const) {
      if (isWanted(scene)) await takePictures(scene, locale);
    }
    await scene.after?.(product);
    say(`  ${scene.name}`);
  }
  say(`Pictures: ${out}`);
} finally {
  await product.close();
  await temporal.stop();
  await postgres.stop();
}

function isWanted({ name, guide }: Scene): boolean {
  return (!values.guides || guide !== undefined) && new RegExp(values.only).test(name);
}

async function takePictures({ guide, ...scene }: Scene, locale: 'ru' | 'en'): Promise<void> {
  const visitor = await lookAt(scene, product, locale);
  const { page } = visitor;
  if (guide !== undefined) {
    // The widget's own part, not the sandbox's strip.
    const file = path.join(projectRoot, `docs/images/widget-${scene.name}.${locale}.png`);
    await page
      .locator(guide)
      .first()
      .screenshot({ ...STILL, path: file });
  }
  for (const { theme, width } of values.guides ? [] : LOOKS[locale]) {
    await visitor.turn(theme);
    await page.setViewportSize({ width, height: 900 });
    // The whole page in one window: what stays in view must not cover anything in the picture.
    const height = Number(await page.evaluate('document.documentElement.scrollHeight'));
    await page.setViewportSize({ width, height });
    const file = path.join(out, `${scene.name}-${locale}-${theme}-${width}.png`);
    await page.screenshot({ ...STILL, path: file });
  }
  await visitor.close();
}
