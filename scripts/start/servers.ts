import path from 'node:path';
import { findExportError } from '../../errors/export-error.ts';
import { findFfmpeg } from '../programs/ffmpeg.ts';
import { findTemporalCli } from '../programs/temporal-cli.ts';
import { startPostgres } from '../servers/postgres-server.ts';
import { EXPORT_SEARCH_ATTRIBUTES } from '../servers/search-attributes.ts';
import { startTemporal } from '../servers/temporal-server.ts';
import type { Remembered } from './remembered.ts';
import type { RunningParts } from './running-parts.ts';
import type { Steps } from './steps.ts';

/** The vendor's own, so that a Temporal CLI beside us finds the server without being told. */
const TEMPORAL_PORT = 7233;
const TEMPORAL_UI_PORT = 8233;

export interface ServerContext {
  projectRoot: string;
  dataFolder: string;
  steps: Steps;
  parts: RunningParts;
  /** Read, and brought up to date. */
  ports: Remembered['ports'];
}

/** The Postgres that DATABASE_URL names, else one of our own. */
export async function providePostgres({ dataFolder, steps, parts, ports }: ServerContext): Promise<string> {
  const given = process.env['DATABASE_URL'];
  if (given)
    return steps.run(
      'Postgres',
      () => Promise.resolve(given),
      () => 'the one that DATABASE_URL names',
    );
  const options = {
    dataDir: path.join(dataFolder, 'postgres'),
    persistent: true,
    say: steps.say,
    ...(ports.postgres === undefined ? {} : { port: ports.postgres }),
  };
  const postgres = await steps.run(
    'Postgres',
    () => startPostgres(options),
    ({ port, dataDir }) => `127.0.0.1:${port}, data in ${dataDir}`,
  );
  await parts.add({ name: 'Postgres', pid: postgres.pid, stop: () => postgres.stop() });
  ports.postgres = postgres.port;
  return postgres.url;
}

export interface ProvidedTemporal {
  address: string;
  uiUrl: string | undefined;
}

/** The Temporal that TEMPORAL_ADDRESS names, else one of our own with its Web UI. */
export async function provideTemporal(context: ServerContext): Promise<ProvidedTemporal> {
  const { projectRoot, dataFolder, steps, parts, ports } = context;
  const given = process.env['TEMPORAL_ADDRESS'];
  if (given) {
    const named = { address: given, uiUrl: undefined };
    return steps.run(
      'Temporal',
      () => Promise.resolve(named),
      () => `${given}, which TEMPORAL_ADDRESS names`,
    );
  }
  const temporal = await steps.run(
    'Temporal',
    async () =>
      startTemporal({
        cliPath: await findTemporalCli({ projectRoot, env: process.env, say: steps.say }),
        dbFilename: path.join(dataFolder, 'temporal.db'),
        durable: true,
        port: ports.temporal ?? TEMPORAL_PORT,
        uiPort: ports.temporalUi ?? TEMPORAL_UI_PORT,
        searchAttributes: EXPORT_SEARCH_ATTRIBUTES,
        say: steps.say,
      }),
    ({ address, uiUrl }) => `${address}, Web UI ${uiUrl ?? ''}`,
  );
  await parts.add({ name: 'Temporal', pid: temporal.pid, stop: () => temporal.stop() });
  ports.temporal = portOf(temporal.address);
  if (temporal.uiUrl !== undefined) ports.temporalUi = portOf(temporal.uiUrl);
  return { address: temporal.address, uiUrl: temporal.uiUrl };
}

/** Without an ffmpeg only recordings that need a conversion fail. */
export function provideFfmpeg({ projectRoot, steps }: ServerContext): Promise<string | undefined> {
  const find = () =>
    findFfmpeg({ projectRoot, env: process.env, say: steps.say }).catch((error: unknown) => {
      const missing = findExportError(error);
      if (!missing) throw error;
      steps.say(missing.message);
      return undefined;
    });
  return steps.run('ffmpeg', find, (ffmpeg = 'none') => ffmpeg);
}

function portOf(address: string): number {
  return Number(address.split(':').at(-1));
}
