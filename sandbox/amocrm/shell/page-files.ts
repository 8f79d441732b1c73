import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

const PAGE = path.join(import.meta.dirname, 'page');
const resolve = createRequire(import.meta.url).resolve;

/** Files of packages: the loader and the library that amoCRM's page has, and its font. */
const PACKAGE_FILES: Record<string, string> = {
  'lib/require.js': 'requirejs/require.js',
  'lib/jquery.js': 'jquery',
  'fonts/pt-sans-cyrillic-400.woff2': '@fontsource/pt-sans/files/pt-sans-cyrillic-400-normal.woff2',
  'fonts/pt-sans-cyrillic-700.woff2': '@fontsource/pt-sans/files/pt-sans-cyrillic-700-normal.woff2',
  'fonts/pt-sans-latin-400.woff2': '@fontsource/pt-sans/files/pt-sans-latin-400-normal.woff2',
  'fonts/pt-sans-latin-700.woff2': '@fontsource/pt-sans/files/pt-sans-latin-700-normal.woff2',
};

/** A file of the shell's own page, undefined if there is none; its TypeScript is stripped of types on the way. */
export async function pageFile(name: string): Promise<string | Uint8Array | undefined> {
  const inPackage = PACKAGE_FILES[name];
  if (inPackage !== undefined) return readFile(resolve(inPackage));
  if (!/^[a-z-]+\.(html|css|ts)$/.test(name)) return undefined;
  const content = await readFile(path.join(PAGE, name), 'utf8').catch(() => undefined);
  return content !== undefined && name.endsWith('.ts') ? stripped(content) : content;
}

async function stripped(source: string): Promise<string> {
  // Only a browser needs the compiler: a sandbox without one starts without it.
  const { transform } = await import('@swc/core');
  const { code } = await transform(source, {
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'es6' },
  });
  return code;
}
