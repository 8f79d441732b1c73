import type { LIES } from './telephony-fault.ts';

interface Answer {
  status: number;
  contentType: string;
  body: string;
}

/** What vendors answer instead of a recording, in their words. */
export const LIE_ANSWERS: Record<(typeof LIES)[number], Answer> = {
  // OnlinePBX, 30 minutes after the link was signed.
  expired: { status: 404, contentType: 'text/plain', body: 'KEY_IS_EXPIRED' },
  forbidden: { status: 403, contentType: 'text/plain', body: 'Forbidden' },
  gone: { status: 410, contentType: 'text/plain', body: 'Gone' },
  failing: { status: 500, contentType: 'text/plain', body: 'Internal Server Error' },
  // UIS/CoMagic, where a call has no recording.
  'no-files': { status: 400, contentType: 'text/plain', body: 'no files to concat' },
  // Sipuni, as a 200.
  html: {
    status: 200,
    contentType: 'text/html; charset=utf-8',
    body: '<!doctype html><html><body><h1>User is not licensed</h1></body></html>',
  },
  json: { status: 200, contentType: 'application/json', body: '{"success":false,"error":"record not found"}' },
  empty: { status: 200, contentType: 'audio/mpeg', body: '' },
};
