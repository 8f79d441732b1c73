import { ExportError } from '../../errors/export-error.ts';
import { accountAddress, productAddress } from '../http/host.ts';
import { askPresentHost, type PresentHost, type Tokens } from './present-host.ts';
import { askForTokens, type TokenAnswer, type TokenPair } from './token-endpoint.ts';
import type { AmocrmTransport } from '../http/transport.ts';

/** The integration as amoCRM knows it: its "keys" tab. */
export interface Integration {
  clientId: string;
  clientSecret: string;
  /** Compared by amoCRM byte for byte, at a refresh too. */
  redirectUri: string;
}

export interface OauthOptions {
  transport: AmocrmTransport;
  insecureHosts: readonly string[];
  /** Absent where only long-lived tokens are used. */
  integration: Integration | undefined;
  /** How long an answer of the token endpoint may take. Default 20 s. */
  answerWithinMs?: number;
}

export interface Oauth {
  /** How long an answer of the token endpoint may take. */
  answerWithinMs: number;
  /** @throws {ExportError} `amocrm_client_not_set` */
  assertIntegration(): void;
  /**
   * Whether a request for tokens would go out to this host.
   *
   * @throws {ExportError} `amocrm_client_not_set`, `amocrm_host_forbidden`
   */
  assertAskable(host: string): void;
  /** The page where an administrator lets the integration in. */
  consentUrl(host: string, state: string): string;
  /**
   * Exchanges a code (20 minutes, once) for tokens. The host comes with the code from outside: it passes the allow-list
   * before the client secret goes there.
   *
   * @throws {ExportError} `amocrm_host_forbidden`, `amocrm_code_refused`, `amocrm_client_refused`,
   *   `amocrm_account_moved`, `amocrm_grant_lost`; `amocrm_…` by what is wrong with amoCRM.
   */
  exchange(host: string, code: string): Promise<TokenPair>;
  refresh(host: string, refreshToken: string): Promise<TokenAnswer>;
  /** The host of the account that the tokens belong to: {@link askPresentHost}. */
  presentHost(of: Tokens): Promise<PresentHost | undefined>;
}

const ANSWER_WITHIN_MS = 20_000;

/** The integration's side of amoCRM's OAuth 2.0. It keeps nothing. */
export function createOauth(options: OauthOptions): Oauth {
  const { transport, insecureHosts, answerWithinMs = ANSWER_WITHIN_MS } = options;

  function integration(): Integration {
    if (!options.integration) throw new ExportError('amocrm_client_not_set');
    return options.integration;
  }

  async function ask(givenHost: string, grant: Record<string, string>): Promise<TokenAnswer> {
    const { clientId, clientSecret, redirectUri } = integration();
    const { host, url } = accountAddress(givenHost, insecureHosts);
    const client = { client_id: clientId, client_secret: clientSecret, redirect_uri: redirectUri };
    return askForTokens(transport, host, url, { ...client, ...grant }, answerWithinMs);
  }

  return {
    answerWithinMs,
    assertIntegration: () => void integration(),

    assertAskable(host) {
      integration();
      accountAddress(host, insecureHosts);
    },

    consentUrl(host, state) {
      const url = new URL('/oauth', productAddress(host, insecureHosts).url);
      // The other mode, popup, closes the window it is opened in and redirects the one that opened it: here is none.
      const query = { client_id: integration().clientId, state, mode: 'post_message' };
      url.search = new URLSearchParams(query).toString();
      return url.href;
    },

    async exchange(host, code) {
      const answer = await ask(host, { grant_type: 'authorization_code', code });
      switch (answer.kind) {
        case 'granted':
          return answer.pair;
        case 'refused':
          throw new ExportError('amocrm_code_refused', { values: { host } });
        case 'client_refused':
          throw new ExportError('amocrm_client_refused', { values: { host } });
        case 'not_here':
          throw new ExportError('amocrm_account_moved', { values: { host } });
        case 'not_taken':
          throw answer.error;
        case 'lost':
          throw new ExportError('amocrm_grant_lost', { values: { host } });
      }
    },

    refresh: (host, refreshToken) => ask(host, { grant_type: 'refresh_token', refresh_token: refreshToken }),

    presentHost: (of) => askPresentHost({ transport, insecureHosts, withinMs: answerWithinMs }, of),
  };
}
