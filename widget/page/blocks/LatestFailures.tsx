import type { ExportStatus } from '../api/types.ts';
import { usePage } from '../page-context.ts';
import { useLoaded } from '../use-loaded.ts';
import { CallTable } from './CallTable.tsx';

const SHOWN = 5;

/** The latest calls that could not be sent, read again only when there are more of them. */
export function LatestFailures({ current }: { current: ExportStatus }) {
  const { api } = usePage();
  const { exportId, calls } = current;
  const page = useLoaded(
    () => api.calls(exportId, { state: 'failed', order: 'latest', limit: SHOWN }),
    `${exportId} ${calls.failed}`,
  );
  return page.value ? <CallTable calls={page.value.calls} /> : null;
}
