// A Temporal worker whose one step is the bare pipe: `pipe-worker-process.ts <job as JSON>`. What of the product's
// cost is Temporal's own shows beside it.
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { z } from 'zod';
import { createBarePipe } from './bare-pipe.ts';
import { createBareWorker } from './bare-worker.ts';
import { bundled } from './bundle.ts';

const job = z
  .object({
    temporal: z.string(),
    taskQueue: z.string(),
    speechsense: z.string(),
    apiKey: z.string(),
    connectionId: z.string(),
    links: z.array(z.string()),
    batchSize: z.int(),
  })
  .parse(JSON.parse(process.argv[2] ?? ''));

Runtime.install({ logger: new DefaultLogger('ERROR') });
const connection = await NativeConnection.connect({ address: job.temporal });
const pipe = createBarePipe(job);
const worker = await createBareWorker({
  connection,
  taskQueue: job.taskQueue,
  workflowBundle: await bundled('./bare-workflows.ts'),
  activities: {
    prepare: (batch) => Promise.resolve(Array.from({ length: job.batchSize }, (_, nth) => batch * job.batchSize + nth)),
    step: async (call) => {
      await pipe.carry(job.links[call] ?? '');
    },
  },
});
await worker.run();
await pipe.close();
await connection.close();
