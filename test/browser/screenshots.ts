// `npm run screenshots`: pictures of every state of the widget's page, in both themes and two widths, from the real
// product around the sandbox; those that the guides show go into docs/images. Options: --out FOLDER, --guides (only those).
import { chmod, mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgres } from '../../scripts/servers/postgres-server.ts';
import { EXPORT_SEARCH_ATTRIBUTES } from '../../scripts/servers/search-attributes.ts';
import { findTemporalCli } from '../../scripts/servers/temporal-cli.ts';
import { startTemporal } from '../../scripts/servers/temporal-server.ts';
import { createProduct } from './product.ts';
import { SCENES } from './scenes.ts';

const projectRoot = path.resolve(import.meta.dirname, '../..');
const say = (line: string) => console.log(line);
const { values } = parseArgs({ options: { out: { type: 'string' }, guides: { type: 'boolean', default: false } } });

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
  sandbox: { calls: 120, talkScale: 0.3, seed: 4 },
  pace: { batchSize: 40, lanes: 4, openBatches: 2 },
});

/** What the picture is cut to: the widget's own, not the sandbox's strip. */
const LOOKS = (['light', 'dark'] as const).flatMap((theme) => [1_280, 1_600].map((width) => ({ theme, width })));
const GUIDE_LOOKS = (['ru', 'en'] as const).map((locale) => ({ locale, theme: 'light' as const, width: 1_280 }));

try {
  for (const scene of SCENES) {
    await scene.prepare?.(product);
    if (!values.guides) {
      for (const { theme, width } of LOOKS) {
        await picture(scene, { locale: 'ru', theme, width }, path.join(out, `${scene.name}-${theme}-${width}.png`));
      }
    }
    for (const look of scene.guide === undefined ? [] : GUIDE_LOOKS) {
      await picture(scene, look, path.join(projectRoot, `docs/images/widget-${scene.name}.${look.locale}.png`), true);
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

async function picture(
  scene: (typeof SCENES)[number],
  look: { locale: 'ru' | 'en'; theme: 'light' | 'dark'; width: number },
  file: string,
  isForGuide = false,
): Promise<void> {
  const { theme, locale, width } = look;
  const visitor = await product.visitor({
    locale: locale === 'ru' ? 'ru-RU' : 'en-GB',
    viewport: { width, height: 900 },
  });
  await visitor.become({ theme, locale, ...scene.person?.(product) });
  await scene.open(visitor, locale);
  const part = isForGuide && scene.guide !== undefined ? visitor.page.locator(scene.guide).first() : undefined;
  // Spinners and bars come to rest.
  const options = { path: file, animations: 'disabled' } as const;
  await (part ? part.screenshot(options) : visitor.page.screenshot({ ...options, fullPage: true }));
  await visitor.close();
}
