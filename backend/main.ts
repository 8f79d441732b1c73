import { connectTemporal } from '../client/temporal/temporal-connection.ts';
import { readEnvironment } from '../environment/environment.ts';
import { createLogger } from '../environment/logger.ts';
import { ensureSearchAttributes, searchAttributesRefused } from '../environment/temporal-search-attributes.ts';
import { exitCodeOf } from '../errors/outcome.ts';
import { findExportError } from '../errors/export-error.ts';
import { toLedgerError } from '../ledger/database/database.ts';
import { openLedger } from '../ledger/ledger.ts';
import { createBackend } from './open-backend.ts';

/** `npm run backend`: answers the widget and amoCRM's hooks until it is told to end (SIGINT, SIGTERM); told twice, at once. */
async function main(): Promise<void> {
  const environment = readEnvironment(process.env);
  const logger = createLogger(environment.LOG_LEVEL);
  const ended = toldToEnd();
  const ledger = openLedger({
    databaseUrl: environment.DATABASE_URL,
    encryptionKeys: environment.ENCRYPTION_KEYS,
    maxConnections: MAX_CONNECTIONS,
  });
  const { migrations, resealed } = await ledger.migrate().catch((error: unknown) => {
    throw toLedgerError(error);
  });
  logger.info({ migrations, resealed }, 'ledger is up to date');
  const temporal = await connectTemporal(process.env);
  await ensureSearchAttributes(temporal.connection, temporal.namespace).catch((error: unknown) => {
    logger.warn(searchAttributesRefused(temporal.namespace, error).message);
  });

  const backend = await createBackend({ environment, ledger, temporal, logger });
  const ports = await backend.listen();
  logger.info(ports, 'backend listens');
  logger.info({ signal: await ended }, 'backend ends');
  await backend.close();
  await temporal.connection.close();
  await ledger.close();
}

const MAX_CONNECTIONS = 15;

function toldToEnd(): Promise<string> {
  return new Promise((resolve) => {
    let isTold = false;
    for (const signal of ['SIGINT', 'SIGTERM'] as const) {
      process.on(signal, () => {
        if (isTold) process.exit(1);
        isTold = true;
        resolve(signal);
      });
    }
  });
}

main().catch((error: unknown) => {
  console.error(findExportError(error)?.message ?? error);
  process.exit(exitCodeOf(error));
});
