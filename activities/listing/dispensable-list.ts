import { readAccount } from '../../amocrm/account/account.ts';
import type { AmocrmHttp } from '../../amocrm/http/http.ts';
import { findExportError } from '../../errors/export-error.ts';

/**
 * So often, in a quarter of an hour, nothing came that can be read: the account has more than amoCRM can sort (504), or
 * the list is broken. A hiccup of a gateway, or an outage with its odd answers, is over sooner.
 */
const VAIN_ATTEMPTS = 20;

/**
 * Whether an export goes on without a list that ended with this error, at this attempt. Events are a second look, and
 * names of statuses, reasons and options are additions to a call: an account where they are not to be had, or not to be
 * read, is exported all the same, and told so.
 */
export async function goesOnWithout(http: AmocrmHttp, error: unknown, attempt: number): Promise<boolean> {
  switch (findExportError(error)?.code) {
    case 'amocrm_forbidden':
    case 'amocrm_rejected':
      return true;
    case 'amocrm_bad_answer':
    case 'amocrm_answer_too_large':
    case 'amocrm_unavailable':
      return attempt >= VAIN_ATTEMPTS && (await answersOtherwise(http));
    default:
      return false;
  }
}

/** Whether amoCRM is there: then it is the list alone that is not. */
function answersOtherwise(http: AmocrmHttp): Promise<boolean> {
  return readAccount(http).then(
    () => true,
    () => false,
  );
}
