// `npm run pin-images`: writes the digest of every base image behind its tag in Dockerfile and docker-compose.yml. It asks
// the image's registry through `docker buildx`, so it runs where one builds; `--check` only says what is pinned.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { EXIT } from '../errors/exit-codes.ts';
import { IMAGE_FILES, imageReferences, withDigests } from './images/image-references.ts';
import { runCommand } from './run-command.ts';

const HELP = `Usage: npm run pin-images -- [--check] [--json]

Writes the digest that each base image has today behind its tag, in Dockerfile and docker-compose.yml:
node:22.23.3-bookworm-slim becomes node:22.23.3-bookworm-slim@sha256:…. Needs docker with buildx, and the network.
Run again, it brings the digests up to date. Packages inside the image (ffmpeg) come from Debian and are not pinned by it.

  --check  change nothing; say what is pinned
  --json   print JSON

Exit codes: 0 all are pinned · 2 usage · 3 some are not · 5 a digest could not be had, nothing was changed`;

const LOOK_UP_WITHIN_MS = 60_000;

const { check, json } = readArguments();
const digests = check ? new Map<string, string>() : await lookUpAll();
for (const { file, line } of check ? [] : IMAGE_FILES) {
  writeFileSync(path.resolve(file), withDigests(read(file), line, digests));
}
const pinned = references();
const open = pinned.filter(({ digest }) => digest === undefined);
if (json) console.log(JSON.stringify(pinned.map(({ image, digest }) => ({ image, digest: digest ?? null }))));
else for (const { image, digest } of pinned) console.log(`${image}  ${digest ?? 'not pinned: only its tag is'}`);
process.exitCode = open.length === 0 ? EXIT.done : EXIT.finishedWithFailures;

function readArguments() {
  try {
    const { values } = parseArgs({
      options: { check: { type: 'boolean' }, json: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help === true) {
      console.log(HELP);
      process.exit(EXIT.done);
    }
    return { check: values.check === true, json: values.json === true };
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(EXIT.usage);
  }
}

/** Each image once, in the order of the files. */
function references() {
  const all = IMAGE_FILES.flatMap(({ file, line }) => imageReferences(read(file), line));
  return [...new Map(all.map((reference) => [reference.image, reference])).values()];
}

/** All of them, or none is written: files that are half pinned would look as if they were. */
async function lookUpAll(): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { image } of references()) {
    const args = ['buildx', 'imagetools', 'inspect', image, '--format', '{{.Manifest.Digest}}'];
    const { code, output } = await runCommand('docker', args, { env: process.env, timeoutMs: LOOK_UP_WITHIN_MS });
    if (code !== 0 || !/^sha256:[0-9a-f]{64}$/.test(output)) {
      console.error(`No digest of ${image}: ${output.split('\n').at(-1) || 'docker did not answer in time'}`);
      console.error('Nothing was changed. This needs docker with buildx and the network.');
      process.exit(EXIT.unreachable);
    }
    found.set(image, output);
  }
  return found;
}

function read(file: string): string {
  return readFileSync(path.resolve(file), 'utf8');
}
