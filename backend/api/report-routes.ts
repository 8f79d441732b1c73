import { z } from 'zod';
import { reportCells } from '../../client/reports/report-cells.ts';
import { reportContent } from '../../client/reports/report-content.ts';
import { REPORT_FORMATS, type ReportFormat } from '../../client/reports/report-format.ts';
import { ExportError } from '../../errors/export-error.ts';
import { accountOf, callerOf } from '../auth/caller.ts';
import type { ReportLinks, Services } from '../parts.ts';
import type { Api } from './api.ts';
import { Downloads } from './downloads.ts';
import { isSigned, signatureOf } from './report-link.ts';
import { exportId } from './shapes/export-status.ts';

const LIVES_SECONDS = 5 * 60;
/** A large report on a slow line. */
const DOWNLOAD_WITHIN_MS = 30 * 60_000;

const TYPES: Record<ReportFormat, string> = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  json: 'application/json; charset=utf-8',
};

const format = z.enum(REPORT_FORMATS);
const language = z.enum(['ru', 'en']).default('ru');

/** A browser downloads a file by its address alone, without the token: so the address is signed, and soon over. */
export function reportLinkRoute(app: Api, { ledger, now }: Services, { publicUrl, linkKeys }: ReportLinks): void {
  app.post(
    '/exports/:exportId/report-link',
    {
      schema: {
        summary: 'An address from which the report can be downloaded for five minutes.',
        params: exportId,
        body: z.strictObject({ format, language }),
        response: { 200: z.object({ url: z.string(), expiresAt: z.string() }) },
      },
    },
    async (request) => {
      const { accountId } = accountOf(request);
      const row = await ledger.exports.find(request.params.exportId);
      if (row?.accountId !== accountId) {
        throw new ExportError('export_not_found', { values: { exportId: request.params.exportId } });
      }
      await ledger.spending(callerOf(request).token, () => Promise.resolve());
      const until = Math.floor(now().getTime() / 1000) + LIVES_SECONDS;
      const link = { accountId, exportId: row.exportId, ...request.body, until };
      const [key] = linkKeys;
      if (!key) throw new ExportError('unexpected', { values: { what: 'no key for links' } });
      const query = new URLSearchParams({
        account: String(accountId),
        format: link.format,
        language: link.language,
        until: String(until),
        signature: signatureOf(link, key),
      });
      return {
        url: `${publicUrl}/reports/${row.exportId}?${query.toString()}`,
        expiresAt: new Date(until * 1000).toISOString(),
      };
    },
  );
}

export function reportRoute(app: Api, { ledger, now }: Services, { linkKeys }: ReportLinks): void {
  const downloads = new Downloads();
  app.get(
    '/reports/:exportId',
    {
      handlerTimeout: DOWNLOAD_WITHIN_MS,
      schema: {
        summary: 'The report that a signed address is for.',
        params: exportId,
        querystring: z.strictObject({
          account: z.coerce.number().int().positive(),
          format,
          language,
          until: z.coerce.number().int().positive(),
          signature: z.string().max(100),
        }),
      },
    },
    async (request, reply) => {
      const { account: accountId, signature, ...rest } = request.query;
      const link = { accountId, exportId: request.params.exportId, ...rest };
      if (!isSigned(link, signature, linkKeys) || link.until * 1000 < now().getTime()) {
        throw new ExportError('report_link_invalid');
      }
      const account = await ledger.accounts.find(accountId);
      const row = await ledger.exports.find(link.exportId);
      if (!account || row?.accountId !== accountId) {
        throw new ExportError('export_not_found', { values: { exportId: link.exportId } });
      }
      downloads.begin(accountId, reply);
      const rows = ledger.report.rows(link.exportId);
      const cells = reportCells(rows, { ...account, language: link.language });
      // People open a CSV by a double click, and the page's people have a Russian Excel.
      const content = reportContent(cells, link.format, link.format === 'csv');
      return reply
        .type(TYPES[link.format])
        .header('content-disposition', `attachment; filename="speechsense-${link.exportId}.${link.format}"`)
        .header('cache-control', 'no-store')
        .header('referrer-policy', 'no-referrer')
        .send(content);
    },
  );
}
