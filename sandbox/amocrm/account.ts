import type { SandboxClock } from '../clock.ts';
import type { SandboxIdentity } from '../identity.ts';
import type { World } from '../world/world.ts';
import type { Switches } from './switches.ts';
import type { TokenOffice } from './token-office.ts';

/** What every route works on. */
export interface Account {
  identity: SandboxIdentity;
  world: World;
  clock: SandboxClock;
  tokens: TokenOffice;
  /** Replaced as a whole when moved. */
  switches: Switches;
}
