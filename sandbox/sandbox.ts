import { type Amocrm, startAmocrm } from './amocrm/amocrm-server.ts';
import type { Limits } from './amocrm/rate-limit.ts';
import type { Switches } from './amocrm/switches.ts';
import { createClock, type MovableClock } from './clock.ts';
import { startControl } from './control/control-server.ts';
import { IDENTITY, type SandboxIdentity } from './identity.ts';
import { assertPortFree } from './listening.ts';
import { SANDBOX_KEYS } from './speechsense/connection.ts';
import { type SpeechSense, startSpeechSense } from './speechsense/speechsense-server.ts';
import { startTelephony, type Telephony } from './telephony/telephony-server.ts';
import { World, type WorldOptions } from './world/world.ts';

export interface SandboxOptions extends WorldOptions {
  /** Ports on 127.0.0.1; absent or 0: any free one. */
  ports?: { amocrm?: number; telephony?: number; speechsense?: number; control?: number };
  /** Default: a clock that runs with the machine's. */
  clock?: MovableClock;
  limits?: Partial<Limits>;
  switches?: Partial<Switches>;
  redirectUri?: string;
  /** How far an upload may be ahead of SpeechSense's reading; small, a slow SpeechSense holds uploads back midway. */
  streamWindowBytes?: number;
  /** Keeps the bytes of every talk, for tests that look into them. */
  keepAudio?: boolean;
  /** Default: the fixed one. Suites that share a Temporal need accounts of their own. */
  accountId?: number;
}

export interface Sandbox extends SandboxIdentity {
  addresses: { amocrm: string; telephony: string; speechsense: string; control: string };
  /** The long-lived amoCRM token. */
  token: string;
  clock: MovableClock;
  world: World;
  amocrm: Amocrm;
  telephony: Telephony;
  speechsense: SpeechSense;
  /** Ends all servers and cuts their connections. */
  close(): Promise<void>;
}

/**
 * Starts the three stand-ins and their control interface in this process.
 * @throws PortTakenError when a wanted port belongs to somebody else; nothing is left running then.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const { ports = {}, clock = createClock() } = options;
  const identity: SandboxIdentity = {
    ...IDENTITY,
    ...(options.redirectUri === undefined ? {} : { redirectUri: options.redirectUri }),
    ...(options.accountId === undefined ? {} : { accountId: options.accountId }),
  };
  await assertPortFree('amoCRM', ports.amocrm ?? 0);
  await assertPortFree('telephony', ports.telephony ?? 0);
  await assertPortFree('SpeechSense', ports.speechsense ?? 0);
  await assertPortFree('control', ports.control ?? 0);

  const telephony = await startTelephony({ port: ports.telephony ?? 0, clock });
  const speechsense = await startSpeechSense({
    port: ports.speechsense ?? 0,
    clock,
    apiKey: identity.apiKey,
    connection: { id: identity.connectionId, keys: SANDBOX_KEYS },
    keepAudio: options.keepAudio ?? false,
    ...(options.streamWindowBytes === undefined ? {} : { streamWindowBytes: options.streamWindowBytes }),
  });
  const world = new World({ clock, recordingUrl: (recording) => telephony.recordingUrl(recording) }, options);
  const { limits, switches } = options;
  const amocrm = await startAmocrm({ port: ports.amocrm, clock, world, identity, limits, switches });
  const control = await startControl({
    port: ports.control,
    clock,
    world,
    parts: { amocrm, telephony, speechsense },
    worldOptions: worldOptionsOf(options),
    facts: () => ({ addresses, accountId: identity.accountId, connectionId: identity.connectionId }),
  });

  const addresses = {
    amocrm: amocrm.url,
    telephony: telephony.url,
    speechsense: speechsense.address,
    control: control.url,
  };
  return {
    ...identity,
    addresses,
    token: amocrm.account.tokens.longLived(),
    clock,
    world,
    amocrm,
    telephony,
    speechsense,
    close: async () => {
      await Promise.all([control.close(), amocrm.close(), speechsense.close(), telephony.close()]);
    },
  };
}

function worldOptionsOf(options: WorldOptions): WorldOptions {
  const { seed, calls, days, timeZone, customers, unsorted, talkScale, formats } = options;
  return { seed, calls, days, timeZone, customers, unsorted, talkScale, formats };
}
