import type { SandboxClock } from '../clock.ts';
import type { SandboxIdentity } from '../identity.ts';
import type { World } from '../world/world.ts';
import type { Domain } from './domain.ts';
import type { Switches } from './switches.ts';
import type { TokenOffice } from './token-office.ts';

/** What every route works on. */
export interface Account {
  identity: SandboxIdentity;
  world: World;
  clock: SandboxClock;
  tokens: TokenOffice;
  domain: Domain;
  /** Replaced as a whole when moved. */
  switches: Switches;
}
