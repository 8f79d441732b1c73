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
  // As long as the recording is being made.
  processing: { status: 202, contentType: 'application/json', body: '{"status":"processing"}' },
  'no-content': { status: 204, contentType: 'text/plain', body: '' },
  conflict: { status: 409, contentType: 'text/plain', body: 'record is not ready' },
  locked: { status: 423, contentType: 'text/plain', body: 'Locked' },
  // Stores of files: what Amazon, Google and Microsoft document, and their likes copy.
  's3-no-key': xml(404, 'NoSuchKey', 'The specified key does not exist.'),
  's3-denied': xml(403, 'AccessDenied', 'Access Denied'),
  's3-expired': xml(403, 'AccessDenied', 'Request has expired', '<X-Amz-Expires>900</X-Amz-Expires>'),
  's3-token-expired': xml(400, 'ExpiredToken', 'The provided token has expired.'),
  'gcs-expired': xml(
    400,
    'ExpiredToken',
    'Invalid argument.',
    '<Details>Request signature expired at: 2026-11-20T10:00:00+00:00</Details>',
  ),
  'azure-expired': xml(
    403,
    'AuthenticationFailed',
    'Server failed to authenticate the request.',
    '<AuthenticationErrorDetail>Signature not valid in the specified time frame: Start [] - Expiry []</AuthenticationErrorDetail>',
  ),
};

function xml(status: number, code: string, message: string, more = ''): Answer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message>${more}</Error>`;
  return { status, contentType: 'application/xml', body };
}
