import { createOauth } from '../../amocrm/oauth/oauth.ts';
import { createAmocrmPaces } from '../../amocrm/pacing/pace.ts';
import { TokenKeeper } from '../../amocrm/oauth/token-keeper.ts';
import { createAmocrmTransport } from '../../amocrm/http/transport.ts';
import { amocrmIntegration } from '../../environment/amocrm-integration.ts';
import type { Environment } from '../../environment/environment.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { createSpeechSense } from '../../speechsense/speechsense.ts';
import type { AccountAccess } from './account-access.ts';
import type { ExportClient } from '../export-client.ts';

/** What the administration of accounts works with, as the environment says. */
export function openAccess(
  environment: Environment,
  ledger: Ledger,
  exports: () => Promise<ExportClient>,
  countRequest?: NonNullable<AccountAccess['countRequest']>,
): AccountAccess {
  const { SPEECHSENSE_ENDPOINT: address, SPEECHSENSE_TLS: tls, INSECURE_HOSTS: insecureHosts } = environment;
  const transport = createAmocrmTransport();
  const oauth = createOauth({ transport, insecureHosts, integration: amocrmIntegration(environment) });
  return {
    ledger,
    transport,
    oauth,
    tokens: new TokenKeeper(ledger.tokens, oauth, countRequest ? { counted: countRequest } : {}),
    ...(countRequest ? { countRequest } : {}),
    speechSense: createSpeechSense({ address, tls }),
    insecureHosts,
    paces: createAmocrmPaces(ledger.rateBuckets, environment.AMOCRM_REQUESTS_PER_SECOND),
    readShare: environment.SPEECHSENSE_READ_SHARE / 100,
    absentAfterSeconds: environment.CONFIRM_ABSENT_AFTER_SECONDS,
    exports,
  };
}

/** Gives back what {@link openAccess} opened, once no refresh is under way: its new tokens must be kept. */
export async function closeAccess({ tokens, speechSense }: AccountAccess): Promise<void> {
  await tokens.idle();
  speechSense.close();
}
