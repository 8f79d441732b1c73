import type { AjaxSettings, JQuery, JQueryPromise } from './jquery.ts';

/**
 * `self.$authorizedAjax`: jQuery's ajax with a fresh disposable token of the signed-in user. amoCRM's jQuery is of the
 * time before promises had `catch`, so what comes back has none.
 */
export function createAuthorizedAjax($: JQuery, userId: number) {
  return (settings: AjaxSettings): JQueryPromise => {
    const outcome = $.Deferred();
    $.ajax({
      url: '/shell/disposable-tokens',
      method: 'POST',
      dataType: 'json',
      contentType: 'application/json',
      data: JSON.stringify({ userId }),
    }).then((answer) => {
      const { token } = answer as { token: string };
      const headers = { ...settings.headers, 'X-Auth-Token': token };
      $.ajax({ ...settings, headers }).then(outcome.resolve, outcome.reject);
    }, outcome.reject);
    const { then, done, fail, always, state } = outcome.promise();
    return { then, done, fail, always, state };
  };
}
