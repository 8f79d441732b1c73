import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { ExportError } from '../../errors/export-error.ts';
import { freePort } from '../servers/free-port.ts';
import type { GuardedProcess } from '../servers/guarded-process.ts';
import { untilReady } from '../servers/until-ready.ts';
import { lastLines, startOwnProcess } from './own-process.ts';
import type { Remembered } from './remembered.ts';

const addressesSchema = z.object({
  amocrm: z.string(),
  telephony: z.string(),
  speechsense: z.string(),
  control: z.string(),
  accountId: z.number(),
  token: z.string(),
  connectionId: z.string(),
  apiKey: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
  redirectUri: z.string(),
});

export interface SandboxProcess {
  addresses: z.output<typeof addressesSchema>;
  process: GuardedProcess;
  logFile: string;
  /** Its ports, to be tried again at the next start. */
  ports: Pick<Remembered['ports'], (typeof PARTS)[number]>;
}

const PARTS = ['amocrm', 'telephony', 'speechsense', 'control'] as const;

/**
 * Starts the sandbox with the world as it was seeded first, and its clock at the present.
 * @throws {ExportError} `server_not_started`
 */
export async function startSandboxProcess(
  projectRoot: string,
  logFolder: string,
  remembered: Remembered['ports'],
  world: { seed: number; calls: number; anchor: string; redirectUri: string },
): Promise<SandboxProcess> {
  const ports: Record<(typeof PARTS)[number], number> = { amocrm: 0, telephony: 0, speechsense: 0, control: 0 };
  for (const part of PARTS) ports[part] = await freePort(remembered[part]);
  const logFile = path.join(logFolder, 'sandbox.log');
  const sandbox = await startOwnProcess({
    projectRoot,
    logFile,
    env: process.env,
    args: [
      'sandbox/main.ts',
      '--json',
      ...['--seed', String(world.seed), '--calls', String(world.calls), '--now', world.anchor],
      ...['--redirect-uri', world.redirectUri],
      ...PARTS.flatMap((part) => [`--${part}-port`, String(ports[part])]),
    ],
  });
  let addresses: SandboxProcess['addresses'] | undefined;
  await untilReady('The sandbox', sandbox, async () => {
    const [line = ''] = (await readFile(logFile, 'utf8')).split('\n');
    addresses = addressesSchema.parse(JSON.parse(line));
  }).catch((cause: unknown) => {
    const problem = lastLines(logFile);
    throw new ExportError('server_not_started', { cause, values: { server: 'The sandbox', problem } });
  });
  if (!addresses)
    throw new ExportError('server_not_started', { values: { server: 'The sandbox', problem: 'no answer' } });
  await setClockToNow(addresses.control);
  return { addresses, process: sandbox, logFile, ports };
}

/** Seeding happens at the anchor, so that the calls are the same; from there on the sandbox lives in the present. */
async function setClockToNow(control: string): Promise<void> {
  await fetch(`${control}/clock`, { method: 'POST', body: JSON.stringify({ nowSeconds: Date.now() / 1000 }) });
}
