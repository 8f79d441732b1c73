import type { PartRoutes } from '../part.ts';
import type { DownloadLog } from './download-log.ts';
import { type TelephonyFaults, telephonyFaultsSchema } from './telephony-fault.ts';

/** The telephony's own control requests; they are listed in the sandbox's README. */
export function telephonyControl(log: DownloadLog, faults: TelephonyFaults, reset: () => void): PartRoutes {
  return {
    'GET /counters': () => log.counters(),
    'GET /requests-per': () => log.requestsPer(),
    'GET /faults': () => faults.list(),
    'PUT /faults': (body) => {
      faults.replace(telephonyFaultsSchema.parse(body));
      return faults.list();
    },
    'POST /reset': () => {
      reset();
      return {};
    },
  };
}
