import { zipSync, type Zippable } from 'fflate';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { buildApp } from './build-app.ts';
import type { WidgetOptions } from './options.ts';

const projectRoot = path.join(import.meta.dirname, '..', '..');
const ARCHIVE = path.join(projectRoot, 'widget', 'archive');

/** A zip names a time for each file; the same sources must make the same bytes. */
const FILE_TIME = new Date(1980, 0, 2);

/** Name in the archive → content, of every file of the widget. */
export async function widgetFiles(options: Omit<WidgetOptions, 'out'>): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const entry of readdirSync(ARCHIVE, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    files.set(path.relative(ARCHIVE, file).split(path.sep).join('/'), readFileSync(file));
  }
  files.set('manifest.json', text(manifest(options)));
  files.set('app.js', text(await buildApp(options)));
  return new Map([...files].sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** The archive that is uploaded to amoCRM: all files at its root, the same bytes for the same sources. */
export function zipWidget(files: Map<string, Uint8Array>): Uint8Array {
  const entries: Zippable = Object.fromEntries(files);
  return zipSync(entries, { level: 9, mtime: FILE_TIME });
}

interface Manifest {
  widget: Record<string, unknown>;
}

/** amoCRM loads a widget's files anew only when its version changes: it is the project's. */
function manifest({ supportLink, supportEmail }: Pick<WidgetOptions, 'supportLink' | 'supportEmail'>): string {
  const content = readJson(path.join(ARCHIVE, 'manifest.json')) as Manifest;
  const { version } = readJson(path.join(projectRoot, 'package.json')) as { version: string };
  const support = { link: supportLink, ...(supportEmail === null ? {} : { email: supportEmail }) };
  return `${JSON.stringify({ ...content, widget: { ...content.widget, version, support } }, null, 2)}\n`;
}

function readJson(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}
