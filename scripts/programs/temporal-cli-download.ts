import { createWriteStream } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { runCommand } from '../run-command.ts';
import { fetchToCache } from './fetch-to-cache.ts';

/** Where the SDK's own test environment looks; the request and its answer are those of its Rust core (ephemeral_server). */
export const SDK_DOWNLOADS = 'https://temporal.download';

/** Many networks do not let one out to there: that must show at once, there is another way. */
const ANSWER_WITHIN_MS = 4_000;
const DOWNLOAD_WITHIN_MS = 180_000;
const UNPACK_WITHIN_MS = 60_000;

const downloadInfo = z.object({ archiveUrl: z.url(), fileToExtract: z.string() });
const sdkPackage = z.object({ version: z.string() });

export interface DownloadTemporalCliOptions {
  downloads: string;
  target: string;
  env: NodeJS.ProcessEnv;
  say: (line: string) => void;
}

/**
 * Fetches the Temporal CLI that belongs to the SDK's version, as the SDK's `cached-download` would: called through the SDK
 * it would start a server as well and know no time limit.
 * @returns undefined when it is at the target, else why not.
 */
export function downloadTemporalCli(options: DownloadTemporalCliOptions): Promise<string | undefined> {
  return fetchToCache(options.target, async (folder) => {
    options.say('Asking temporal.download for the Temporal CLI…');
    const { archiveUrl, fileToExtract } = await askForArchive(options.downloads);
    options.say('Downloading the Temporal CLI, about 50 MB…');
    const archive = path.join(folder, 'temporal.tar.gz');
    const { body } = await get(archiveUrl, DOWNLOAD_WITHIN_MS);
    if (!body) throw new Error('the download is empty');
    await pipeline(Readable.fromWeb(body), createWriteStream(archive));
    const unpacked = await runCommand('tar', ['-xzf', archive, '-C', folder, fileToExtract], {
      env: options.env,
      timeoutMs: UNPACK_WITHIN_MS,
    });
    if (unpacked.code !== 0) throw new Error(`tar cannot unpack it (${unpacked.output})`);
    return path.join(folder, fileToExtract);
  });
}

async function askForArchive(downloads: string): Promise<z.infer<typeof downloadInfo>> {
  const { version } = sdkPackage.parse(createRequire(import.meta.url)('@temporalio/client/package.json'));
  const query = new URLSearchParams({
    arch: process.arch === 'x64' ? 'amd64' : process.arch,
    platform: process.platform,
    format: 'tar.gz',
    'sdk-name': 'sdk-typescript',
    'sdk-version': version,
  });
  const answer = await get(`${downloads}/cli/default?${query.toString()}`, ANSWER_WITHIN_MS);
  const info = downloadInfo.parse(await answer.json());
  if (new URL(info.archiveUrl).protocol !== new URL(downloads).protocol)
    throw new Error('it leads to an insecure address');
  return info;
}

async function get(url: string, withinMs: number): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(withinMs) });
  if (!response.ok) throw new Error(`the answer was ${response.status}`);
  return response;
}
