import type { Environment } from './environment.ts';

/** The amoCRM integration that the environment describes; undefined unless all three of its variables are set. */
export function amocrmIntegration({
  AMOCRM_CLIENT_ID: clientId,
  AMOCRM_CLIENT_SECRET: clientSecret,
  AMOCRM_REDIRECT_URI: redirectUri,
}: Environment): { clientId: string; clientSecret: string; redirectUri: string } | undefined {
  if (clientId === undefined || clientSecret === undefined || redirectUri === undefined) return undefined;
  return { clientId, clientSecret, redirectUri };
}
