import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { RecordingFormat } from '../sandbox/recording-formats.ts';
import { createEncoder } from '../sandbox/telephony/encoded.ts';
import { readRange } from '../sandbox/telephony/recording.ts';
import { createRecordingMaker } from '../sandbox/telephony/recording-maker.ts';
import { lastJson, startChild } from './child-process.ts';
import type { Figure } from './figure.ts';
import { inRounds, median } from './sample.ts';
import type { BenchStage } from './stage.ts';

/** A usual call. */
const TALK_SECONDS = 300;
const PASSING = ['mp3', 'wav', 'ogg'] as const;
const CONVERTED = ['wav-alaw', 'm4a', 'webm'] as const;

export const recogniseJobSchema = z.object({
  way: z.enum(['product', 'bare read', 'bare ffmpeg']),
  link: z.string(),
  times: z.int().min(1),
  ffmpeg: z.string(),
});
type Way = z.output<typeof recogniseJobSchema>['way'];

const costSchema = z.object({ ms: z.number(), cpuMs: z.number(), memoryMiB: z.number() });
type Cost = z.output<typeof costSchema>;

/** What receiving a recording of five minutes costs until it can be uploaded, beside receiving or converting it alone. */
export async function recognise(stage: BenchStage): Promise<Figure[]> {
  const make = await createRecordingMaker();
  const encode = createEncoder(make);
  const bodies = new Map<string, Buffer>();
  for (const format of [...PASSING, ...CONVERTED]) {
    const recording = { worldId: 'bench', talkSeconds: TALK_SECONDS };
    const file = isPassing(format) ? make({ ...recording, format }) : await encode({ ...recording, format });
    bodies.set(`/${format}`, Buffer.concat([...readRange(file, 0, file.sizeBytes)]));
  }
  const server = createServer((request, response) => response.end(bodies.get(request.url ?? ''))).listen(
    0,
    '127.0.0.1',
  );
  // A converter reads slowly; Node would take a body that it has handed to the system for delivered.
  server.keepAliveTimeout = 300_000;
  await once(server, 'listening');
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const figures: Figure[] = [];
  try {
    for (const format of [...PASSING, ...CONVERTED]) {
      stage.say(`recognise: ${format}, ${TALK_SECONDS} s of sound…`);
      const reference = isPassing(format) ? 'bare read' : 'bare ffmpeg';
      const times = stage.quick ? 2 : isPassing(format) ? 200 : 4;
      const run = (way: Way) => () => costOf({ way, link: `http://${host}/${format}`, times });
      const rounds = await inRounds(stage.quick ? 1 : 3, { bare: run(reference), product: run('product') });
      figures.push(...figuresOf(format, reference, rounds));
    }
  } finally {
    server.close();
    server.closeAllConnections();
  }
  return figures;
}

function isPassing(format: RecordingFormat): format is (typeof PASSING)[number] {
  return PASSING.some((passing) => passing === format);
}

function figuresOf(format: string, reference: Way, { bare, product }: Record<'bare' | 'product', Cost[]>): Figure[] {
  const figure = (name: string, unit: string, of: (cost: Cost) => number): Figure => ({
    name,
    unit,
    value: median(product.map(of)),
    reference: { name: reference, value: median(bare.map(of)) },
  });
  return [
    figure(`${format}, time`, 'ms', ({ ms }) => ms),
    figure('  processor time of the process', 'ms', ({ cpuMs }) => cpuMs),
    figure('  memory beyond that of an idle one', 'MiB', ({ memoryMiB }) => memoryMiB),
  ];
}

async function costOf(job: { way: Way; link: string; times: number }): Promise<Cost> {
  const args = [JSON.stringify({ ...job, ffmpeg: process.env['FFMPEG_PATH'] || 'ffmpeg' })];
  const child = await startChild('bench/recognise-process.ts', { args });
  await child.exited;
  return costSchema.parse(lastJson(child));
}
