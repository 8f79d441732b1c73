import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { IN_OWN_ROOT, WITHOUT_RIGHTS } from './own-root.ts';

/**
 * What a program that reads strangers' bytes is kept from (docs/decisions/0036):
 * - `own_root`: no network, no other process, no file but programs and libraries.
 * - `namespaces`: no network, no other process; it reads and writes the files that this user may.
 * - `none`: it may do what this process may.
 */
export type Isolation = 'own_root' | 'namespaces' | 'none';

const TIMEOUT_MS = 10_000;
/** A user of its own, without a network, that sees and signals no process of ours, and ends when this process does. */
const UNSHARE = [
  ...['setpriv', '--pdeathsig', 'KILL', 'unshare'],
  ...['--user', '--map-root-user', '--net', '--ipc', '--pid', '--fork', '--kill-child'],
];

/** The words to be put before a command. @param scratch a folder that becomes its `/tmp`, where it has a root of its own. */
export function isolated(isolation: Isolation, scratch = ''): string[] {
  switch (isolation) {
    case 'own_root':
      return [...UNSHARE, '--mount', '/bin/sh', '-c', IN_OWN_ROOT, 'sh', scratch];
    case 'namespaces':
      return [...UNSHARE, ...WITHOUT_RIGHTS];
    case 'none':
      return [];
  }
}

/**
 * The most that this system allows. Namespaces need no right on most Linux systems; containers and some distributions
 * withhold them.
 *
 * @param program one that has to run there when asked for its `-version`. One that needs more than the system's libraries
 * gets no root of its own; one that runs nowhere changes nothing.
 */
export async function findIsolation(program?: string): Promise<Isolation> {
  const runs = async (isolation: Isolation, ...command: string[]) => {
    const [launcher = '', ...words] = [...isolated(isolation), ...command];
    const options = { timeout: TIMEOUT_MS, killSignal: 'SIGKILL' as const, env: { PATH: process.env.PATH } };
    return promisify(execFile)(launcher, words, options).then(
      () => true,
      () => false,
    );
  };
  const allows = (isolation: Isolation) => runs(isolation, '/bin/sh', '-c', ':');
  const allowsRoot = await allows('own_root');
  if (allowsRoot && (program === undefined || (await runs('own_root', program, '-version')))) return 'own_root';
  if (!(await allows('namespaces'))) return 'none';
  return allowsRoot && program !== undefined && !(await runs('namespaces', program, '-version'))
    ? 'own_root'
    : 'namespaces';
}
