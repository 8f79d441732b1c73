// Receives recordings one way, one after another, and prints what one costs as a line of JSON: `<job as JSON>`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createRecordings } from '../recordings/fetch-recording.ts';
import { forgetPeak, residentMiB } from './proc.ts';
import { recogniseJobSchema } from './recognise.ts';
import { secondsOf } from './sample.ts';

const { way, link, times, ffmpeg } = recogniseJobSchema.parse(JSON.parse(process.argv[2] ?? ''));
const recordings = createRecordings({ insecureHosts: [new URL(link).host], ffmpeg });

const WAYS = {
  /** Received, recognised, and converted where that is needed. */
  product: async () => {
    const recording = await recordings.receive(link, { signal: new AbortController().signal });
    await recording.dispose();
  },
  'bare read': async () => {
    const { body } = await fetch(link);
    await body?.pipeTo(new WritableStream());
  },
  'bare ffmpeg': async () => {
    const { body } = await fetch(link);
    const args = ['-v', 'quiet', '-threads', '1', '-i', 'pipe:0', '-c:a', 'libopus', '-application', 'voip'];
    const stdio = ['pipe', 'ignore', 'ignore'] as const;
    const child = spawn(ffmpeg, [...args, '-b:a', '64k', '-threads', '1', '-f', 'ogg', '-y', '/dev/null'], {
      stdio: [...stdio],
    });
    const ended = once(child, 'close');
    await pipeline(Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]), child.stdin);
    await ended;
  },
};

for (let round = 0; round < Math.ceil(times / 4); round++) await WAYS[way]();
const before = residentMiB(process.pid).now;
forgetPeak(process.pid);
const cpu = process.cpuUsage();
const seconds = await secondsOf(async () => {
  for (let round = 0; round < times; round++) await WAYS[way]();
});
const { user, system } = process.cpuUsage(cpu);
await recordings.close();
const memoryMiB = Math.max(0, residentMiB(process.pid).peak - before);
console.log(JSON.stringify({ ms: (seconds * 1_000) / times, cpuMs: (user + system) / 1_000 / times, memoryMiB }));
