import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import axios, { AxiosError, type AxiosInstance, getAdapter, type InternalAxiosRequestConfig } from 'axios';

export type AmocrmTransport = AxiosInstance;

/** What a request may take at most; each of them ends it and closes its connection. */
export interface TransportLimits {
  /** Until the connection stands, TLS included. */
  connectMs: number;
  /** Until the first byte of the answer, and between two of them. */
  silenceMs: number;
  /** From the first to the last byte, however steadily they drip. */
  totalMs: number;
  /** Of an answer, unpacked. */
  maxBytes: number;
}

const LIMITS: TransportLimits = { connectMs: 5_000, silenceMs: 30_000, totalMs: 60_000, maxBytes: 32 * 1024 * 1024 };

/** The code of the error by which an answer that is larger than its limit ends. */
export const TOO_LARGE = 'ERR_ANSWER_TOO_LARGE';

/** The code of the error by which an answer ends that is not there, whole, within the limits of silence and time. */
export const TOO_SLOW = 'ERR_ANSWER_TOO_SLOW';

/** The process's connections to amoCRM, kept alive: an account is asked a few times a second for hours. */
export function createAmocrmTransport(changed: Partial<TransportLimits> = {}): AmocrmTransport {
  const limits = { ...LIMITS, ...changed };
  // An agent without a timeout keeps idle connections past the time that their host announces (`Keep-Alive: timeout=5`),
  // and the next request goes out on one that is being closed.
  const keptAlive = { keepAlive: true, timeout: limits.silenceMs };
  return axios.create({
    adapter: (config) => within(limits, config),
    timeout: limits.silenceMs,
    maxContentLength: limits.maxBytes,
    // An account's host answers itself; a redirect would carry the token somewhere else.
    maxRedirects: 0,
    proxy: false,
    responseType: 'text',
    transformResponse: (body: unknown) => body,
    validateStatus: () => true,
    httpAgent: limitConnecting(new http.Agent(keptAlive), 'connect', limits.connectMs),
    httpsAgent: limitConnecting(new https.Agent(keptAlive), 'secureConnect', limits.connectMs),
    headers: { 'User-Agent': 'speechsense-export/0.1 (amoCRM call exporter)', Accept: 'application/hal+json' },
  });
}

/** axios' own timeout is a limit of silence, which every byte begins anew: the total one ends the request from outside. */
async function within({ totalMs }: TransportLimits, config: InternalAxiosRequestConfig) {
  const request = new AbortController();
  const stop = () => request.abort();
  const given = config.signal;
  given?.addEventListener?.('abort', stop);
  if (given?.aborted) stop();
  const late = new AxiosError('the answer took too long', TOO_SLOW, config);
  const timer = setTimeout(() => request.abort(late), totalMs);
  try {
    return await getAdapter('http')({ ...config, signal: request.signal });
  } catch (error) {
    if (request.signal.reason === late) throw late;
    if (isTooLarge(error)) throw new AxiosError('the answer is too large', TOO_LARGE, config);
    if (isSilence(error)) throw new AxiosError('the answer fell silent', TOO_SLOW, config);
    throw error;
  } finally {
    clearTimeout(timer);
    given?.removeEventListener?.('abort', stop);
  }
}

// axios names it by its message alone: ERR_BAD_RESPONSE stands for other things too.
function isTooLarge(error: unknown): boolean {
  return error instanceof AxiosError && error.message.startsWith('maxContentLength');
}

// ECONNABORTED, its code, stands for other things too.
function isSilence(error: unknown): boolean {
  return error instanceof AxiosError && error.message.startsWith('timeout of');
}

/**
 * The way of one request on a connection of its own.
 *
 * @param stands told when the connection does, TLS included: before that not a byte of the request has gone out.
 */
export function ownConnection(stands: () => void) {
  return {
    httpAgent: limitConnecting(new http.Agent(), 'connect', LIMITS.connectMs, stands),
    httpsAgent: limitConnecting(new https.Agent(), 'secureConnect', LIMITS.connectMs, stands),
  };
}

/** A new connection may take longer than a request's moment lasts: what is written on it is held until this has come. */
type Departure = () => Promise<void>;

/**
 * Sends requests that ask for leave once more when a new connection stands, right before they are written. On a
 * connection that stands already they are written at once.
 */
export function departingBy(departure: Departure) {
  return {
    request: (options: https.RequestOptions, onAnswer: (answer: http.IncomingMessage) => void) =>
      (options.protocol === 'https:' ? https : http).request(
        { ...options, departure } as https.RequestOptions,
        onAnswer,
      ),
  };
}

/** A host that takes a connection and says nothing, or drops what is sent, would hold it for minutes. */
function limitConnecting<A extends http.Agent>(
  agent: A,
  connected: 'connect' | 'secureConnect',
  connectMs: number,
  stands?: () => void,
): A {
  const createConnection = agent.createConnection.bind(agent);
  agent.createConnection = (options: https.RequestOptions & { departure?: Departure }, taken) => {
    const socket: Duplex | null | undefined = createConnection(options);
    if (!socket) return socket;
    const timer = setTimeout(() => {
      socket.destroy(Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT' }));
    }, connectMs);
    for (const event of [connected, 'close']) socket.once(event, () => clearTimeout(timer));
    if (stands) socket.once(connected, stands);
    if (!options.departure || !taken) return socket;
    handOver(socket, connected, options.departure, taken);
    return undefined;
  };
  return agent;
}

type Taken = (error: Error | null, socket: Duplex) => void;

/** @param taken the agent's; the first word counts, as a connection that stands may yet break. */
function handOver(socket: Duplex, connected: string, departure: Departure, taken: Taken): void {
  socket.once(connected, () => {
    departure().then(
      () => taken(null, socket),
      (error: unknown) => socket.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  });
  socket.once('error', (error) => taken(error, socket));
  socket.once('close', () => taken(Object.assign(new Error('closed'), { code: 'ECONNRESET' }), socket));
}
