// `npm run build:widget [-- --backend https://export.example.com]`: makes dist/widget.zip, to be uploaded to amoCRM.
// Other options: --policy URL, --support-link URL, --support-email ADDRESS, --out FILE.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { widgetFiles, zipWidget } from './widget/archive.ts';
import { widgetOptions, type WidgetOptions } from './widget/options.ts';

const options = readOptions();
const files = await widgetFiles(options);
mkdirSync(path.dirname(options.out), { recursive: true });
writeFileSync(options.out, zipWidget(files));

for (const [name, content] of files) console.log(`  ${name.padEnd(24)} ${kib(content.length)}`);
console.log(`Back end: ${options.backend}`);
console.log(`app.js and style.css, gzipped: ${kib(gzipped('app.js') + gzipped('style.css'))}`);
console.log(`Widget: ${path.relative(process.cwd(), options.out)}`);

function readOptions(): WidgetOptions {
  try {
    return widgetOptions(process.argv.slice(2), process.env);
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(2);
  }
}

function gzipped(name: string): number {
  return gzipSync(files.get(name) ?? new Uint8Array()).length;
}

function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}
