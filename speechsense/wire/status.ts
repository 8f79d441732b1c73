import { status, type ServiceError } from '@grpc/grpc-js';
import type { ErrorCode } from '../../errors/codes.ts';
import { ExportError } from '../../errors/export-error.ts';
import { requestIdOf } from './request-id.ts';

/**
 * Codes that can only be the service's considered refusal: it looked at the upload and did not store it. All others may
 * come from somewhere on the way back (a proxy, a timeout, a dropped connection) after the talk was stored.
 */
const DEFINITE = new Set<status>([
  status.INVALID_ARGUMENT,
  status.NOT_FOUND,
  status.PERMISSION_DENIED,
  status.UNAUTHENTICATED,
  status.FAILED_PRECONDITION,
  status.OUT_OF_RANGE,
  status.UNIMPLEMENTED,
  // A quota is counted before the work is done; Yandex Cloud lists it with the refusals, not with the ambiguous codes.
  status.RESOURCE_EXHAUSTED,
]);

/** What grpc-js makes of a RST_STREAM with ENHANCE_YOUR_CALM: code 8 as well, but nobody looked at the upload. */
const RESET_FOR_LOAD = 'Bandwidth exhausted or memory limit exceeded';

/** An error that SpeechSense answered while the upload was still open, or to a read: nothing was stored. */
export function refusal(error: ServiceError, connectionId: string): ExportError {
  return new ExportError(codeOf(error), {
    values: { what: describe(error), connectionId },
    ...requestIdIn(error),
  });
}

/** The same for a read: there an unknown connection may also be called an invalid argument. */
export function readRefusal(error: ServiceError, connectionId: string): ExportError {
  if (error.code !== status.INVALID_ARGUMENT) return refusal(error, connectionId);
  return new ExportError('speechsense_connection_not_found', { values: { connectionId }, ...requestIdIn(error) });
}

/** The same for a search by the connection alone: where other ids are missed, or none is named, it says nothing of it. */
export function probeRefusal(error: ServiceError, connectionId: string): ExportError {
  const isWord = NAMES_CONNECTION.test(error.details) && !NAMES_OTHER_SCOPE.test(error.details);
  return isWord ? readRefusal(error, connectionId) : searchRefusal(error, connectionId);
}

/** The same for a search with filters: the connection has answered before, so it is the filters that do not fit. */
export function searchRefusal(error: ServiceError, connectionId: string): ExportError {
  if (error.code !== status.INVALID_ARGUMENT) return refusal(error, connectionId);
  return new ExportError('speechsense_search_refused', requestIdIn(error));
}

/**
 * An error that came after the half-close. `upload_unconfirmed` where the talk may have been stored all the same,
 * else the refusal.
 */
export function refusalAfterHalfClose(error: ServiceError, connectionId: string): ExportError {
  if (DEFINITE.has(error.code) && !error.details.includes(RESET_FOR_LOAD)) return refusal(error, connectionId);
  return new ExportError('upload_unconfirmed', { values: { what: describe(error) }, ...requestIdIn(error) });
}

type SpeechSenseCode = Extract<ErrorCode, `speechsense_${string}`>;

/** The reference's table of codes; what it does not name may pass, and is waited for. */
function codeOf(error: ServiceError): SpeechSenseCode {
  switch (error.code) {
    case status.UNAUTHENTICATED:
      return 'speechsense_unauthenticated';
    case status.PERMISSION_DENIED:
      return 'speechsense_permission_denied';
    case status.NOT_FOUND:
      return 'speechsense_connection_not_found';
    case status.RESOURCE_EXHAUSTED:
      return 'speechsense_throttled';
    case status.INVALID_ARGUMENT:
    case status.FAILED_PRECONDITION:
    case status.OUT_OF_RANGE:
    case status.ALREADY_EXISTS:
      return rejectedPart(error.details);
    default:
      return TLS_TROUBLE.test(error.details) ? 'speechsense_tls_failed' : 'speechsense_unavailable';
  }
}

/** What Node and OpenSSL say when the two sides cannot agree on TLS or the certificate is not trusted. */
const TLS_TROUBLE = /CERT|self-signed|EPROTO|ERR_SSL|ERR_TLS|wrong version number/;

const NAMES_CONNECTION = /connection[ _]?id/i;
const NAMES_OTHER_SCOPE = /organization|space|project/i;

/**
 * What of the upload was rejected, as far as the service's words tell. Its messages are not documented: a recording is
 * blamed where nothing points elsewhere.
 */
function rejectedPart(details: string): SpeechSenseCode {
  if (NAMES_CONNECTION.test(details)) return 'speechsense_connection_not_found';
  if (/metadata|\bfields?\b/i.test(details)) return 'speechsense_metadata_rejected';
  return 'speechsense_rejected';
}

/** The words themselves and not their pattern: the service's text may hold any capitals, a client's name among them. */
const SYSTEM_WORD = new RegExp(
  String.raw`\b(?:ECONNREFUSED|ECONNRESET|ECONNABORTED|EPIPE|ETIMEDOUT|EHOSTUNREACH|EHOSTDOWN|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|EMFILE|ENFILE|ENOTFOUND|EAI_AGAIN|EPROTO|CERT_HAS_EXPIRED|CERT_NOT_YET_VALID|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_GET_ISSUER_CERT_LOCALLY|UNABLE_TO_VERIFY_LEAF_SIGNATURE|ERR_TLS_CERT_ALTNAME_INVALID|self-signed certificate)\b`,
);

/**
 * The code's name and, for a failed connection, the system's word for it. The service's own text stays out: it may
 * quote the metadata of the call, and an error ends up in logs and in Temporal.
 */
function describe(error: ServiceError): string {
  const name = error.code in status ? status[error.code] : `code ${error.code}`;
  const cause = SYSTEM_WORD.exec(error.details);
  return cause ? `${name}, ${cause[0]}` : name;
}

function requestIdIn(error: ServiceError): { requestId?: string } {
  const requestId = requestIdOf(error);
  return requestId === undefined ? {} : { requestId };
}
