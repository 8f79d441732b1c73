// A process of its own that asks amoCRM with an account's tokens, as workers and commands do. Each line of its standard
// input is a number of callers that ask at once; each line of its output says how they fared.
import { createInterface } from 'node:readline';
import { createAmocrmHttp } from '../../amocrm/http/http.ts';
import { UNPACED as pace } from '../../amocrm/pacing/pace.ts';
import { createAmocrmTransport } from '../../amocrm/http/transport.ts';
import { createOauth } from '../../amocrm/oauth/oauth.ts';
import { TokenKeeper } from '../../amocrm/oauth/token-keeper.ts';
import { readAccount } from '../../amocrm/account/account.ts';
import { findExportError } from '../../errors/export-error.ts';
import { openLedger } from '../../ledger/ledger.ts';
import { TEST_ENCRYPTION_KEYS, type TokenAskerOptions } from './token-askers.ts';

const options = JSON.parse(process.argv[2] ?? '') as TokenAskerOptions;
const { databaseUrl, accountId, host, insecureHosts, integration, answerWithinMs, lostAfterMs } = options;
const ledger = openLedger({ databaseUrl, encryptionKeys: TEST_ENCRYPTION_KEYS, maxConnections: 4 });
const transport = createAmocrmTransport();
const oauth = createOauth({ transport, insecureHosts, integration, answerWithinMs });
const tokens = new TokenKeeper(ledger.tokens, oauth, lostAfterMs === undefined ? {} : { lostAfterMs });

/** As a step of an export: what passes is tried again (the sandbox closes connections that were idle for 5 s). */
async function ask(triesLeft = 3): Promise<string> {
  try {
    const http = createAmocrmHttp({ host, insecureHosts, transport, pace, ...tokens.of(accountId, pace) });
    await readAccount(http);
    return 'answered';
  } catch (error) {
    const code = findExportError(error)?.code ?? String(error);
    return code === 'amocrm_unavailable' && triesLeft > 0 ? ask(triesLeft - 1) : code;
  }
}

process.stdout.write('ready\n');
for await (const line of createInterface(process.stdin)) {
  const fared = await Promise.all(Array.from({ length: Number(line) }, () => ask()));
  process.stdout.write(`${JSON.stringify(fared)}\n`);
}
await ledger.close();
