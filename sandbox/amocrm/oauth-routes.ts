import { z } from 'zod';
import type { Account } from './account.ts';
import { type Answer, hal, problem, unauthorized } from './answers.ts';
import { textAt } from './filters.ts';
import type { ApiRequest } from './request.ts';
import type { Route } from './route.ts';
import type { Grant } from './token-office.ts';

const OAUTH_PROBLEM = 'https://developers.amocrm.ru/v3/errors/OAuthProblemJson';

const tokenRequestSchema = z.object({
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
  grant_type: z.string().optional(),
  code: z.string().optional(),
  refresh_token: z.string().optional(),
  redirect_uri: z.string().optional(),
});

type TokenRequest = z.infer<typeof tokenRequestSchema>;

/** The consent page, the token endpoint, and the account's present domain. */
export function oauthRoutes(account: Account): Route[] {
  return [
    { method: 'POST', path: '/oauth2/access_token', open: true, handle: (request) => token(account, request) },
    { method: 'GET', path: '/oauth', open: true, anyHost: true, handle: (request) => consentPage(account, request) },
    {
      method: 'GET',
      path: '/oauth/decision',
      open: true,
      anyHost: true,
      handle: (request) => decision(account, request),
    },
    {
      method: 'GET',
      path: '/oauth2/account/current/subdomain',
      open: true,
      anyHost: true,
      handle: (request) =>
        account.tokens.knowsRefreshToken(request.headers['x-refresh-token']?.toString() ?? '')
          ? presentDomain(account, request)
          : unauthorized(),
    },
    // The way before that one: deprecated, at the www host, by access token.
    {
      method: 'GET',
      path: '/oauth2/account/subdomain',
      anyHost: true,
      handle: (request) => presentDomain(account, request),
    },
  ];
}

function token(account: Account, request: ApiRequest): Answer {
  const given = readTokenRequest(request);
  const { clientId, clientSecret, redirectUri } = account.identity;
  const known =
    given?.client_id === clientId && given.client_secret === clientSecret && given.redirect_uri === redirectUri;
  if (given === undefined || !known) {
    return problem(401, 'Авторизация клиента не прошла', { title: 'Некорректный клиент', type: OAUTH_PROBLEM });
  }
  switch (given.grant_type) {
    case 'authorization_code':
      return granted(account, account.tokens.exchangeCode(given.code ?? ''), 'Authorization code');
    case 'refresh_token':
      return granted(account, account.tokens.refresh(given.refresh_token ?? ''), 'Token');
    default:
      return badRequest(400, 'Check the `grant_type` parameter');
  }
}

function granted(account: Account, grant: Grant, what: string): Answer {
  // The documents say 400 for a dead refresh token, live accounts answer 401.
  if ('refused' in grant)
    return badRequest(401, `${what} has ${grant.refused === 'expired' ? 'expired' : 'been revoked'}`);
  return {
    status: 200,
    contentType: 'application/json',
    body: JSON.stringify({
      token_type: 'Bearer',
      expires_in: 86_400,
      server_time: account.world.now(),
      access_token: grant.pair.accessToken,
      refresh_token: grant.pair.refreshToken,
    }),
  };
}

function badRequest(status: number, hint: string): Answer {
  return problem(status, 'В запросе отсутствует ряд параметров или параметры невалидны', {
    hint,
    title: 'Некорректный запрос',
    type: OAUTH_PROBLEM,
  });
}

// JSON is what the documents show; form bodies with HTTP Basic are what general OAuth libraries send.
function readTokenRequest({ body, headers }: ApiRequest): TokenRequest | undefined {
  const form = String(headers['content-type']).startsWith('application/x-www-form-urlencoded');
  const parsed = tokenRequestSchema.safeParse(form ? Object.fromEntries(new URLSearchParams(body)) : parseJson(body));
  if (!parsed.success) return undefined;
  const [, encoded] = /^Basic (.+)$/.exec(headers['authorization']?.toString() ?? '') ?? [];
  if (encoded === undefined) return parsed.data;
  const [id = '', secret = ''] = Buffer.from(encoded, 'base64').toString('utf8').split(':').map(decodeURIComponent);
  return { client_id: id, client_secret: secret, ...parsed.data };
}

function consentPage({ identity }: Account, request: ApiRequest): Answer {
  const clientId = textAt(request.query, 'client_id');
  if (clientId !== identity.clientId) return page(404, '<h1>Интеграция не найдена</h1>');
  const decide = (choice: string) => {
    const search = new URLSearchParams({ choice, state: textAt(request.query, 'state') ?? '' });
    return `${request.origin}/oauth/decision?${search.toString().replaceAll('&', '&amp;')}`;
  };
  return page(
    200,
    `<h1>Предоставить доступ интеграции?</h1><p><a id="allow" href="${decide('allow')}">Разрешить</a> <a id="deny" href="${decide('deny')}">Отказать</a></p>`,
  );
}

function page(status: number, content: string): Answer {
  const body = `<!doctype html><meta charset="utf-8"><title>Предоставить доступ</title>${content}`;
  return { status, contentType: 'text/html; charset=utf-8', body };
}

function decision(account: Account, request: ApiRequest): Answer {
  const target = new URL(account.identity.redirectUri);
  const state = textAt(request.query, 'state') ?? '';
  if (textAt(request.query, 'choice') === 'allow') {
    target.searchParams.set('code', account.tokens.issueCode());
    target.searchParams.set('referer', account.domain.at(request.host));
    target.searchParams.set('platform', '1');
    target.searchParams.set('client_id', account.identity.clientId);
  } else {
    target.searchParams.set('error', 'access_denied');
  }
  if (state !== '') target.searchParams.set('state', state);
  return { status: 302, headers: { Location: target.href } };
}

function presentDomain(account: Account, request: ApiRequest): Answer {
  return hal({
    id: account.identity.accountId,
    subdomain: account.domain.subdomain,
    domain: account.domain.at(request.host),
    top_level_domain: 'ru',
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
