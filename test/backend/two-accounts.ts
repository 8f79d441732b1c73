import { randomInt } from 'node:crypto';
import { freePort } from '../../scripts/servers/free-port.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { startBackend, type TestBackend, widgetOf } from '../support/backend.ts';
import { createStage, type Stage } from '../support/stage.ts';

export interface TwoAccounts {
  stage: Stage;
  /** The second account's amoCRM; both send to the stage's SpeechSense. */
  second: Sandbox;
  backend: TestBackend;
  askFirst: ReturnType<typeof widgetOf>;
  askSecond: ReturnType<typeof widgetOf>;
  close(): Promise<void>;
}

const UNLIMITED = { requestsPerSecond: null, accountRequestsPerSecond: null };

/** Two amoCRM accounts that use one installation, each with its own amoCRM, token and connection. */
export async function createTwoAccounts(calls = 12): Promise<TwoAccounts> {
  const [amocrm, telephony, backendPort] = [await freePort(), await freePort(), await freePort()];
  const redirectUri = `http://127.0.0.1:${backendPort}/oauth/callback`;
  const accountId = randomInt(2_000_000_000, 2_100_000_000);
  const second = await startSandbox({ accountId, redirectUri, calls, seed: 2, limits: UNLIMITED });
  const secondHosts = [second.addresses.amocrm, second.addresses.telephony].map((url) => new URL(url).host);
  const insecure = [`127.0.0.1:${amocrm}`, `127.0.0.1:${telephony}`, ...secondHosts];
  const stage = await createStage({
    sandbox: { redirectUri, calls, ports: { amocrm, telephony }, limits: UNLIMITED },
    environment: { INSECURE_HOSTS: insecure.join(',') },
  });
  for (const { worldId, linkDueAt } of second.world.calls) if (linkDueAt !== null) second.world.giveLink(worldId);
  const { ledger } = stage;
  await ledger.addAccount(
    {
      accountId,
      host: secondHosts[0] ?? '',
      name: 'Second',
      timeZone: 'Europe/Moscow',
      isApiFilterEnabled: true,
      country: 'RU',
    },
    { kind: 'long_lived', access: second.token, accessUntil: null },
    [],
  );
  await ledger.connections.put({
    accountId,
    connectionId: stage.sandbox.connectionId,
    language: 'ru-RU, kk-KZ',
    apiKey: stage.sandbox.apiKey,
  });
  const backend = await startBackend(stage);
  return {
    stage,
    second,
    backend,
    askFirst: widgetOf(backend.url, stage.sandbox),
    askSecond: widgetOf(backend.url, second),
    close: async () => {
      await backend.close();
      await stage.close();
      await second.close();
    },
  };
}
