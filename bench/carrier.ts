import { z } from 'zod';
import { lastJson, startChild } from './child-process.ts';
import type { Clouds } from './clouds.ts';

export const carrierJobSchema = z.object({
  way: z.enum(['bare pipe', 'product']),
  speechsense: z.string(),
  apiKey: z.string(),
  connectionId: z.string(),
  links: z.array(z.string()).min(1),
  /** How many of the links come before the measuring. */
  warmUp: z.int(),
  atOnce: z.int(),
});

const carriedSchema = z.object({ seconds: z.number(), bytes: z.number(), cpuSeconds: z.number() });
export type Carried = z.output<typeof carriedSchema>;

export interface CarrierJob {
  way: z.output<typeof carrierJobSchema>['way'];
  sizeBytes: number;
  transfers: number;
  atOnce: number;
  profileFolder?: string | undefined;
}

/** Carries recordings in a fresh process of their own. */
export async function runCarrier(clouds: Clouds, job: CarrierJob): Promise<Carried> {
  const { speechsense, apiKey, connectionId } = clouds;
  const { way, sizeBytes, transfers, atOnce, profileFolder } = job;
  const warmUp = Math.max(2 * atOnce, Math.ceil(transfers / 4));
  const links = Array.from({ length: warmUp + transfers }, (_, number) => clouds.link(number, sizeBytes));
  const args = [JSON.stringify({ way, speechsense, apiKey, connectionId, links, warmUp, atOnce })];
  const child = await startChild('bench/carrier-process.ts', { args, profileFolder });
  await child.exited;
  return carriedSchema.parse(lastJson(child));
}
