import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { EncryptionKey } from '../../ledger/accounts/sealing.ts';

/** What a link lets its holder download. */
export interface ReportLink {
  accountId: number;
  exportId: string;
  format: string;
  language: string;
  /** Unix seconds. */
  until: number;
}

/** Keys for links, made from those that seal secrets: no further secret is needed, and neither tells of the other. */
export function linkKeys(keys: readonly EncryptionKey[]): Buffer[] {
  return keys.map(({ key }) => Buffer.from(hkdfSync('sha256', key, '', 'report-link', 32)));
}

export function signatureOf(link: ReportLink, key: Buffer): string {
  const { accountId, exportId, format, language, until } = link;
  return createHmac('sha256', key)
    .update(JSON.stringify([accountId, exportId, format, language, until]))
    .digest('base64url');
}

/** Whether one of our keys has signed it; how long that takes does not depend on the signature. */
export function isSigned(link: ReportLink, signature: string, keys: readonly Buffer[]): boolean {
  const given = Buffer.from(signature);
  return keys.some((key) => {
    const expected = Buffer.from(signatureOf(link, key));
    return given.length === expected.length && timingSafeEqual(given, expected);
  });
}
