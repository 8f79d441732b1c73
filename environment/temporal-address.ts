import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ClientConnectConfig } from '@temporalio/envconfig';

/**
 * Where Temporal is, by Temporal's own conventions (`TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE`, `TEMPORAL_API_KEY`,
 * `TEMPORAL_TLS…`, a profile file), as the SDK's envconfig reads them.
 */
export function readTemporalAddress(variables: Record<string, string | undefined>): ClientConnectConfig {
  const overrides = Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
  return loadClientConnectConfig({ overrideEnvVars: overrides });
}
