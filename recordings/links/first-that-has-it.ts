import { ExportError, findExportError } from '../../errors/export-error.ts';
import { linksIn, urlsOf } from '../../links/links-in.ts';
import { mayComeYet } from '../http/answer-status.ts';
import { HostRests } from '../host-brake.ts';
import { NoAnswer } from '../http/no-answer.ts';

/**
 * Tries the links of a call's field one after the other.
 *
 * @throws {ExportError} where none has the recording: what may pass, else what may come yet, else what the last one met.
 * Anything that is not a recording's own trouble, at once.
 */
export async function firstThatHasIt<T>(field: string, receive: (url: string) => Promise<T>): Promise<T> {
  const links = linksIn(field);
  const met: ExportError[] = [];
  for (const link of links.length > 0 ? links : [field]) {
    const outcome = await eitherScheme(link, receive);
    if ('received' in outcome) return outcome.received;
    met.push(outcome.error);
  }
  throw (
    met.find(({ kind }) => kind === 'retryable') ??
    met.find(mayComeYet) ??
    met.at(-1) ??
    new ExportError('recording_missing')
  );
}

type Outcome<T> = { received: T } | { error: ExportError };

/** Of a link without a scheme, the one that answers tells what is the matter with it. */
async function eitherScheme<T>(link: string, receive: (url: string) => Promise<T>): Promise<Outcome<T>> {
  const met: ExportError[] = [];
  for (const url of urlsOf(link)) {
    try {
      return { received: await receive(url) };
    } catch (error) {
      const known = findExportError(error);
      if (!known || !OWN.test(known.code)) throw error;
      met.push(known);
    }
  }
  const [first = new ExportError('recording_missing'), second = first] = met;
  return { error: wasAnswered(second) || !wasAnswered(first) ? second : first };
}

/** Codes of what is wrong with a recording, and not with this program or its machine. */
const OWN = /^(recording_|audio_|conversion_)/;

/** Whether it tells something of the recording itself. */
export function wasAnswered(error: ExportError): boolean {
  return !(error instanceof NoAnswer || error instanceof HostRests);
}
