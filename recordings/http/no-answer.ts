import { ExportError } from '../../errors/export-error.ts';
import { errorCode } from '../error-code.ts';

/** A certificate that nobody vouches for, or that is another host's; a server that speaks no TLS of ours. */
const LASTING =
  /^(CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_CERT_|ERR_SSL_.*(VERSION|PROTOCOL|HANDSHAKE|SMALL))/;

/** The server was not reached, or it said nothing. The cause is named by its code only: messages may quote the link. */
export class NoAnswer extends ExportError<'recording_unreachable'> {
  constructor(cause: unknown) {
    const what = errorCode(cause) ?? 'connection failed';
    super('recording_unreachable', { values: { what }, isLasting: LASTING.test(what) });
  }
}
