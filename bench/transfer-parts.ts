import { runCarrier, type Carried } from './carrier.ts';
import { startClouds } from './clouds.ts';
import type { Figure } from './figure.ts';
import { inRounds, median } from './sample.ts';
import type { BenchStage } from './stage.ts';

const MIB = 1024 * 1024;
const AIMS = [
  { sizeMiB: 1, atLeast: 0.9 },
  { sizeMiB: 4, atLeast: 0.9 },
  { sizeMiB: 20, atLeast: 0.8 },
];

/**
 * Receiving a recording whole, recognising it and uploading it, without Temporal and the ledger, beside a pipe that
 * checks nothing.
 */
export async function transferParts(stage: BenchStage): Promise<Figure[]> {
  const clouds = await startClouds();
  const figures: Figure[] = [];
  const measuredMiB = stage.quick ? 64 : 512;
  try {
    for (const { sizeMiB, atLeast } of AIMS) {
      for (const atOnce of [4, 16]) {
        stage.say(`transfer: ${atOnce} at once, ${sizeMiB} MiB each…`);
        const run = (way: 'product' | 'bare pipe') => () =>
          runCarrier(clouds, {
            way,
            sizeBytes: sizeMiB * MIB,
            transfers: Math.max(2 * atOnce, Math.ceil(measuredMiB / sizeMiB)),
            atOnce,
            profileFolder: stage.profileFolder,
          });
        const { product, pipe } = await inRounds(stage.quick ? 1 : 3, {
          pipe: run('bare pipe'),
          product: run('product'),
        });
        const what = `${atOnce} × ${sizeMiB} MiB`;
        figures.push(
          {
            name: `receive + upload, ${what}`,
            value: median(product.map(speed)),
            unit: 'MiB/s',
            reference: { name: 'bare pipe', value: median(pipe.map(speed)) },
            aim: { of: 'ratio', atLeast },
          },
          {
            name: `  its processor time`,
            value: median(product.map(cpuCost)),
            unit: 'ms/MiB',
            reference: { name: 'bare pipe', value: median(pipe.map(cpuCost)) },
          },
        );
      }
    }
  } finally {
    await clouds.stop();
  }
  return figures;
}

function speed({ bytes, seconds }: Carried): number {
  return bytes / MIB / seconds;
}

function cpuCost({ bytes, cpuSeconds }: Carried): number {
  return (cpuSeconds * 1000) / (bytes / MIB);
}
