import { ExportError, findExportError } from '../../errors/export-error.ts';
import { bodyOf, type Framing, framingOf, tokens } from './answer-body.ts';
import { type AnswerHead, NotHttp, readHead } from './answer-head.ts';
import type { Connection, Connections } from './connections.ts';
import { NoAnswer } from './no-answer.ts';
import { SilentSocket } from './socket-reader.ts';

export interface HopOptions {
  connections: Connections;
  firstByteMs: number;
  stallMs: number;
  signal: AbortSignal;
}

/** What one server answered. */
export interface HopAnswer {
  head: AnswerHead;
  framing: Framing;
  /** Read to its end, its connection may be used again; left before, it is closed. */
  body: AsyncIterable<Buffer>;
  /** Closes the connection of a body that is not read. */
  discard: () => void;
}

/**
 * One request and its answer.
 *
 * @throws {ExportError} a {@link NoAnswer}; `recording_not_audio`, where what came is no HTTP at all, which asking again
 * would not change.
 */
export async function askHop(url: URL, headers: Record<string, string>, options: HopOptions): Promise<HopAnswer> {
  const { connections, signal } = options;
  try {
    const connection = await connected(connections.take(url), signal);
    const before = connection.reader.receivedBytes;
    try {
      return await exchange(url, headers, connection, options);
    } catch (error) {
      // The other side may have closed it while it was idle. Only a request that nothing came for is sent once more.
      const isStale = connection.isReused && connection.reader.receivedBytes === before;
      if (!isStale || error instanceof SilentSocket || signal.aborted) throw error;
      return await exchange(url, headers, await connected(connections.connect(url), signal), options);
    }
  } catch (error) {
    if (error instanceof NotHttp) throw new ExportError('recording_not_audio');
    throw findExportError(error) ?? new NoAnswer(error);
  }
}

async function exchange(
  url: URL,
  headers: Record<string, string>,
  connection: Connection,
  { connections, firstByteMs, stallMs, signal }: HopOptions,
): Promise<HopAnswer> {
  const { socket, reader } = connection;
  const discard = () => {
    signal.removeEventListener('abort', discard);
    socket.destroy();
  };
  signal.addEventListener('abort', discard);
  try {
    const lines = Object.entries({ host: url.host, ...headers }).map(([name, value]) => `${name}: ${value}\r\n`);
    socket.write(`GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
    const head = await readHead(reader, firstByteMs);
    const framing = framingOf(head);
    return { head, framing, body: bodyThenRelease(framing, isReusable(head, framing)), discard };
  } catch (error) {
    discard();
    throw error;
  }

  async function* bodyThenRelease(framing: Framing, reusable: boolean): AsyncGenerator<Buffer> {
    let isWhole = false;
    try {
      yield* bodyOf(reader, framing, stallMs);
      isWhole = true;
    } finally {
      signal.removeEventListener('abort', discard);
      if (isWhole && reusable) connections.release(url, connection);
      else socket.destroy();
    }
  }
}

/** Only behind an answer that was written without any liberty is it certain where the next one would begin. */
function isReusable(head: AnswerHead, framing: Framing): boolean {
  return head.isExact && framing.isExact && !tokens(head.all('connection')).includes('close');
}

/** Waits for a connection; one that comes after the stop is closed. */
async function connected(connecting: Promise<Connection>, signal: AbortSignal): Promise<Connection> {
  let stop: () => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = () => reject(new Error('stopped'));
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([connecting, stopped]);
  } catch (error) {
    connecting.then(({ socket }) => socket.destroy()).catch(() => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
