import { Command, InvalidArgumentError } from 'commander';
import { readFileSync } from 'node:fs';
import { createClock } from './clock.ts';
import { PortTakenError } from './listening.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';

interface Flags {
  seed: number;
  calls: number;
  days: number;
  timeZone: string;
  talkScale: number;
  now?: number;
  customers: boolean;
  unsorted: number;
  filterOption: boolean;
  redirectUri?: string;
  widget?: string;
  amocrmPort: number;
  telephonyPort: number;
  speechsensePort: number;
  controlPort: number;
  json: boolean;
}

const program = new Command('sandbox')
  .description('Stand-ins for amoCRM, a telephony server and SpeechSense, on this machine only, with invented data.')
  .option('--seed <n>', 'which world', wholeNumber, 1)
  .option('--calls <n>', 'how many calls it has', wholeNumber, 300)
  .option('--days <n>', 'how many days back they reach', wholeNumber, 21)
  .option('--time-zone <name>', 'the account’s time zone', timeZone, 'Europe/Moscow')
  .option('--talk-scale <x>', 'multiplies the length of every talk', positiveNumber, 1)
  .option('--now <time>', 'start the sandbox’s clock here (ISO 8601 or Unix seconds); same time, same world', time)
  .option('--customers', 'the account uses customers', false)
  .option('--unsorted <n>', 'how many calls wait unsorted, on no card yet', wholeNumber, 0)
  .option('--no-filter-option', 'the account lacks the paid option “API filtering”')
  .option('--redirect-uri <uri>', 'redirect URI of the integration')
  .option('--widget <file>', 'the integration’s widget.zip, which amoCRM’s pages load')
  .option('--amocrm-port <port>', 'port of amoCRM, 0 for a free one', port, 0)
  .option('--telephony-port <port>', 'port of the recordings', port, 0)
  .option('--speechsense-port <port>', 'port of SpeechSense', port, 0)
  .option('--control-port <port>', 'port of the control interface', port, 0)
  .option('--json', 'print addresses and secrets as one line of JSON', false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));

const flags = program.parse().opts<Flags>();

try {
  const sandbox = await startSandbox({
    seed: flags.seed,
    calls: flags.calls,
    days: flags.days,
    timeZone: flags.timeZone,
    talkScale: flags.talkScale,
    customers: flags.customers,
    unsorted: flags.unsorted,
    clock: createClock(flags.now === undefined ? {} : { startMs: flags.now * 1000 }),
    switches: { apiFilter: flags.filterOption },
    ...(flags.redirectUri === undefined ? {} : { redirectUri: flags.redirectUri }),
    ports: {
      amocrm: flags.amocrmPort,
      telephony: flags.telephonyPort,
      speechsense: flags.speechsensePort,
      control: flags.controlPort,
    },
  });
  if (flags.widget !== undefined) sandbox.amocrm.shell.installation.upload(readFileSync(flags.widget));
  console.log(flags.json ? JSON.stringify(machineReadable(sandbox)) : friendly(sandbox));
  endOnSignals(sandbox);
} catch (error) {
  if (!(error instanceof PortTakenError)) throw error;
  console.error(error.message);
  process.exit(2);
}

function machineReadable({ addresses, ...sandbox }: Sandbox) {
  const { accountId, token, clientId, clientSecret, redirectUri, connectionId, apiKey } = sandbox;
  return { ...addresses, accountId, token, clientId, clientSecret, redirectUri, connectionId, apiKey };
}

function friendly(sandbox: Sandbox): string {
  const { addresses, world } = sandbox;
  return `
  The sandbox is up: ${world.calls.length} calls, ${world.notes.size} notes, ${world.operators.length} operators (seed ${world.seed}).

    amoCRM        ${addresses.amocrm}   (open it in a browser)
    recordings    ${addresses.telephony}
    SpeechSense   ${addresses.speechsense}
    control       ${addresses.control}   (open it in a browser)

    account       ${sandbox.accountId}
    connection    ${sandbox.connectionId}
    API key       ${sandbox.apiKey}
    client id     ${sandbox.clientId}
    client secret ${sandbox.clientSecret}
    redirect URI  ${sandbox.redirectUri}
    token         ${sandbox.token}

  Ctrl-C ends it.
`;
}

function endOnSignals(sandbox: Sandbox): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void sandbox.close().then(() => process.exit(0));
    });
  }
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0) throw new InvalidArgumentError('a whole number is wanted');
  return number;
}

function positiveNumber(text: string): number {
  const number = Number(text);
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError('a number above 0 is wanted');
  return number;
}

function port(text: string): number {
  const number = wholeNumber(text);
  if (number > 65_535) throw new InvalidArgumentError('a port is at most 65535');
  return number;
}

/** Unix seconds. */
function time(text: string): number {
  const seconds = /^\d+$/.test(text) ? Number(text) : Date.parse(text) / 1000;
  if (!Number.isFinite(seconds)) throw new InvalidArgumentError('ISO 8601 or Unix seconds are wanted');
  return Math.floor(seconds);
}

function timeZone(text: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return text;
  } catch {
    throw new InvalidArgumentError('an IANA name such as Europe/Moscow is wanted');
  }
}
