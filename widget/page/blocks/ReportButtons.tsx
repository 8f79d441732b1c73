import type { ReportFormat } from '../api/types.ts';
import { Button } from '../controls/Button.tsx';
import { ErrorNotice } from '../controls/ErrorNotice.tsx';
import { download } from '../download.ts';
import { usePage } from '../page-context.ts';
import { fill } from '../text/dictionary.ts';
import { useAction } from '../use-action.ts';

const FORMATS = ['xlsx', 'csv'] as const satisfies ReportFormat[];

/** The link lives shortly: it is asked for at the moment of the click. */
export function ReportButtons({ exportId }: { exportId: string }) {
  const { api, text } = usePage();
  const fetchReport = useAction(async (format: ReportFormat) => {
    download(await api.reportLink(exportId, format), `speechsense-export-${exportId}.${format}`);
  });
  return (
    <>
      {FORMATS.map((format) => (
        <Button
          key={format}
          label={fill(text.history.reportAs, { format: format.toUpperCase() })}
          isPending={fetchReport.isPending}
          onClick={() => void fetchReport.run(format)}
        >
          {text.history.report} {format.toUpperCase()}
        </Button>
      ))}
      <ErrorNotice error={fetchReport.error} />
    </>
  );
}
