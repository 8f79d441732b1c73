import path from 'node:path';
import { build } from 'vite';
import type { WidgetOptions } from './options.ts';

const projectRoot = path.join(import.meta.dirname, '..', '..');
const PAGE = path.join(projectRoot, 'widget', 'page');
const PREACT = path.join(projectRoot, 'node_modules', 'preact');

/** The name that the bundle gives its exports inside of the AMD module. */
const EXPORTS = 'app';

/**
 * The settings page as one AMD module. Not minified: amoCRM's moderators read it, and refuse what they cannot read.
 * @returns the text of app.js.
 */
export async function buildApp({ backend, policyUrl }: Pick<WidgetOptions, 'backend' | 'policyUrl'>): Promise<string> {
  const built = await build({
    configFile: false,
    envDir: false,
    logLevel: 'warn',
    root: PAGE,
    define: {
      BACKEND_URL: JSON.stringify(backend),
      POLICY_URL: JSON.stringify(policyUrl),
      'process.env.NODE_ENV': '"production"',
    },
    resolve: {
      // What Preact publishes to be imported is minified; its sources lie beside that.
      alias: [
        { find: /^preact$/, replacement: path.join(PREACT, 'src', 'index.js') },
        { find: /^preact\/(hooks|jsx-runtime)$/, replacement: path.join(PREACT, '$1', 'src', 'index.js') },
      ],
    },
    // `development` would otherwise follow NODE_ENV: what is shipped must not depend on who builds it.
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact', development: false } },
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      modulePreload: false,
      lib: { entry: 'main.ts', formats: ['iife'], name: EXPORTS, fileName: () => 'app.js' },
    },
  });
  const chunks = (Array.isArray(built) ? built : [built]).flatMap((result) =>
    'output' in result ? result.output : [],
  );
  const [chunk, ...others] = chunks;
  if (chunk?.type !== 'chunk' || others.length > 0) throw new Error('the page did not become one file');
  return asAmdModule(chunk.code);
}

/** Rolldown writes no AMD: the bundle's one variable becomes what the module returns. */
function asAmdModule(bundle: string): string {
  return [
    '// Built from widget/page: the settings page, with Preact (https://preactjs.com, MIT) inside.',
    'define(function () {',
    bundle.trim(),
    `return ${EXPORTS};`,
    '});',
    '',
  ].join('\n');
}
