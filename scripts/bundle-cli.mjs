// Bundles the command line into a few files that load fast: one for `--help`, others for what a command needs. The last
// step of `npm run build` (an argument names another folder that the product is built into); in a clone it is run by
// bin/speechsense-export.mjs when the sources have changed. Plain JavaScript, so that it needs no tsx.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(import.meta.dirname);

/** What packages in CommonJS expect to be there, in a file that is an ES module. */
const COMMONJS = `import { createRequire as commonjsRequire } from 'node:module';
import { dirname as commonjsDirname } from 'node:path';
import { fileURLToPath as commonjsPath } from 'node:url';
const require = commonjsRequire(import.meta.url);
const __filename = commonjsPath(import.meta.url);
const __dirname = commonjsDirname(__filename);`;

/**
 * @param {string} folder gets `main.js` and the files that it loads.
 * @returns {Promise<string[]>} the files of this project that went in, relative to its root.
 */
export async function bundleCommandLine(folder) {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ['cli/main.ts'],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    banner: { js: COMMONJS },
    // Errors name the files of the sources.
    sourcemap: 'linked',
    sourcesContent: false,
    keepNames: true,
    metafile: true,
    logLevel: 'silent',
  });
  const sources = Object.keys(metafile.inputs).filter((file) => !file.includes('node_modules/'));
  return [...sources, 'scripts/bundle-cli.mjs'];
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const folder = path.join(path.resolve(process.argv[2] ?? path.join(root, 'dist')), 'command-line');
  await bundleCommandLine(folder);
  console.log(`command line: ${path.relative(process.cwd(), folder)}`);
}
