import pTimeout from 'p-timeout';
import { z } from 'zod';
import { authoriseByCode, authoriseByRedirect } from '../../client/accounts/account-consent.ts';
import type { Sentence } from '../../errors/codes.ts';
import { ExportError } from '../../errors/export-error.ts';
import { isConsentState } from '../../ledger/accounts/consents.ts';
import { httpStatusOf } from '../../errors/outcome.ts';
import { toExportError } from '../answers/error-answer.ts';
import { sentenceOfOurs } from '../answers/page-sentences.ts';
import type { Api } from '../api/api.ts';
import type { Hooks, Services } from '../parts.ts';
import type { RateLimits } from '../rate-limits.ts';
import { CONSENT_PAGE_POLICY, consentPage } from './consent-page.ts';

/** amoCRM waits three seconds for an answer to its install hook, and never asks again. */
const ANSWER_WITHIN_MS = 2_000;

/** Anybody can send an install hook: it goes behind people's requests and an export's, and soon gives up. */
const HOOKS_WAIT = { priority: 'bulk', patienceMs: 2_000 } as const;

const text = z.string().max(4096).optional();

/** Looser than our own requests: amoCRM may add parameters of its own. */
const redirected = z.looseObject({ code: text, state: text, referer: text, error: text });

const CONNECTED: Sentence = {
  en: 'The account is connected. You can close this window.',
  ru: 'Аккаунт подключён. Это окно можно закрыть.',
};
/** amoCRM looks now and then whether the address of an integration is there; a person may as well. */
const NOTHING_ASKED: Sentence = {
  en: 'amoCRM sends people here after its consent page. Connect an account from the settings page of the widget.',
  ru: 'Сюда amoCRM направляет после страницы согласия. Подключите аккаунт на странице настроек виджета.',
};
const CONNECTING: Sentence = {
  en: 'The account is being connected. You can close this window: the settings page shows how it went.',
  ru: 'Аккаунт подключается. Это окно можно закрыть: результат будет виден на странице настроек.',
};

/**
 * The redirect URI: where the browser comes back from the consent page with our state, and where amoCRM tells that the
 * widget was installed, without a state or with one that nobody here gave out (decision 0029). It answers at once; what takes longer goes on after the answer.
 */
export function redirectRoute(app: Api, { access }: Services, hooks: Hooks, limits: RateLimits): void {
  const { background, integration, metrics } = hooks;
  app.get(
    new URL(integration.redirectUri).pathname,
    { schema: { hide: true, querystring: redirected } },
    async (request, reply) => {
      const { code = '', state, referer = '', error } = request.query;
      const page = () =>
        reply
          .type('text/html; charset=utf-8')
          .header('content-security-policy', CONSENT_PAGE_POLICY)
          .header('cache-control', 'no-store')
          .header('referrer-policy', 'no-referrer')
          // The script that closes the window needs the one that opened it.
          .header('cross-origin-opener-policy', 'unsafe-none');
      if (Object.keys(request.query).length === 0) return page().send(consentPage(NOTHING_ASKED, false));
      const isInstall = error === undefined && (state === undefined || !isConsentState(state));
      const hook = isInstall ? 'install' : 'consent';
      if (isInstall) await limits.ofInstalls(request, referer);
      const work = isInstall
        ? authoriseByCode(access, referer, code, HOOKS_WAIT)
        : authoriseByRedirect(access, new URLSearchParams(definedOnly({ code, state, referer, error })));
      const counted = work.then(
        (connected) => {
          metrics.hooks.inc({ hook, outcome: 'ok' });
          const { accountId, notResumed } = connected;
          request.log.info({ hook, accountId }, 'account connected');
          if (notResumed) request.log.warn({ hook, accountId, code: notResumed }, 'blocked export not resumed');
        },
        (failure: unknown) => {
          metrics.hooks.inc({ hook, outcome: toExportError(failure).code });
          throw failure;
        },
      );
      background.start(`${hook} hook`, counted);
      const outcome = await pTimeout<'done' | 'late' | ExportError>(
        counted.then(() => 'done' as const, toExportError),
        { milliseconds: ANSWER_WITHIN_MS, fallback: () => 'late' },
      );
      if (outcome instanceof ExportError) {
        return page()
          .code(httpStatusOf(outcome))
          .send(consentPage(sentenceOfOurs(outcome), false));
      }
      return page().send(consentPage(outcome === 'done' ? CONNECTED : CONNECTING, true));
    },
  );
}

function definedOnly(query: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
