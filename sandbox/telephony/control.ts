import { z } from 'zod';

import type { ControlAnswer } from '../part.ts';
import type { DownloadLog } from './download-log.ts';
import { type TelephonyFaults, telephonyFaultsSchema } from './telephony-fault.ts';

/** What the control interface reaches. */
interface Controlled {
  log: DownloadLog;
  faults: TelephonyFaults;
  reset: () => void;
}

/** Answers a request of the control interface; the paths are listed in the sandbox's README. */
export function telephonyControl(
  { log, faults, reset }: Controlled,
  method: string,
  path: string,
  body: unknown,
): ControlAnswer {
  switch (`${method} ${path}`) {
    case 'GET /counters':
      return { status: 200, body: log.counters() };
    case 'GET /requests-per':
      return { status: 200, body: log.requestsPer() };
    case 'GET /faults':
      return { status: 200, body: faults.list() };
    case 'PUT /faults': {
      const plan = telephonyFaultsSchema.safeParse(body);
      if (!plan.success) return { status: 400, body: { error: z.prettifyError(plan.error) } };
      faults.replace(plan.data);
      return { status: 200, body: faults.list() };
    }
    case 'POST /reset':
      reset();
      return { status: 200, body: {} };
    default:
      return { status: 404, body: { error: `No such control path: ${method} ${path}` } };
  }
}
