// Carries recordings one way and prints how long that took, as a line of JSON: `carrier-process.ts <job as JSON>`.
import { createBarePipe } from './bare-pipe.ts';
import { carrierJobSchema } from './carrier.ts';
import { createProductWay } from './product-way.ts';
import { inLanes, secondsOf } from './sample.ts';

const job = carrierJobSchema.parse(JSON.parse(process.argv[2] ?? ''));
const way =
  job.way === 'bare pipe'
    ? createBarePipe(job)
    : createProductWay({ ...job, telephonyHost: new URL(job.links[0] ?? '').host });

// The first ones pay for connections and compilation.
await inLanes(job.atOnce, job.links.slice(0, job.warmUp), (link) => way.carry(link));
const cpu = process.cpuUsage();
let bytes = 0;
const seconds = await secondsOf(() =>
  inLanes(job.atOnce, job.links.slice(job.warmUp), async (link) => {
    const carried = await way.carry(link);
    bytes += carried;
  }),
);
const { user, system } = process.cpuUsage(cpu);
await way.close();
console.log(JSON.stringify({ seconds, bytes, cpuSeconds: (user + system) / 1_000_000 }));
