import { LineTooLong, type SocketReader } from './socket-reader.ts';

/** As much as curl takes; links that were signed and cookies fill 16 KB, which is Node's limit, with ease. */
const MAX_HEAD_BYTES = 256 * 1024;
const MAX_INTERIM_ANSWERS = 10;
const STATUS_LINE = /^\s*(?:HTTP(?:\/(\d)(?:\.(\d))?)?|ICY)[ \t]+(\d{3})(?!\d)/i;

/** Status and header of an answer. */
export interface AnswerHead {
  status: number;
  /** All values of a header, in their order, one for each of its lines; bytes as Latin-1. */
  all: (name: string) => readonly string[];
  /** Whether it is written as the standard demands, so that what follows its body could be another answer. */
  isExact: boolean;
}

/** What came is no answer in HTTP. */
export class NotHttp extends Error {}

/** The connection ended before the head did. */
class HeadCut extends Error {
  readonly code = 'ECONNRESET';
}

/**
 * Reads the head of an answer as browsers and curl do: line ends without CR, spaces before a colon, control bytes, lines
 * without a colon and folded lines hold nothing up. Interim answers (100 Continue) are passed over.
 *
 * @throws {NotHttp | HeadCut} or what the reader throws.
 */
export async function readHead(reader: SocketReader, timeoutMs: number): Promise<AnswerHead> {
  const until = performance.now() + timeoutMs;
  let leftBytes = MAX_HEAD_BYTES;
  const line = async (): Promise<string | undefined> => {
    try {
      const bytes = await reader.line(leftBytes, until - performance.now());
      leftBytes -= (bytes?.length ?? 0) + 1;
      if (leftBytes < 0) throw new NotHttp();
      return bytes?.toString('latin1');
    } catch (error) {
      throw error instanceof LineTooLong ? new NotHttp() : error;
    }
  };
  for (let interim = 0; interim <= MAX_INTERIM_ANSWERS; interim++) {
    const lines: string[] = [];
    for (;;) {
      const next = await line();
      if (next === undefined) throw new HeadCut();
      if (/^\r*$/.test(next)) {
        // Line ends may be left over before the answer.
        if (lines.length > 0) break;
        continue;
      }
      lines.push(next);
      if (lines.length === 1 && !STATUS_LINE.test(next)) throw new NotHttp();
    }
    const head = headOf(lines);
    if (head.status === 101) throw new NotHttp();
    if (head.status >= 200) return head;
  }
  throw new NotHttp();
}

function headOf([statusLine = '', ...lines]: string[]): AnswerHead {
  const [, major, minor, status] = STATUS_LINE.exec(statusLine) ?? [];
  const fields = new Map<string, string[]>();
  let isExact = major === '1' && minor === '1';
  let last: string[] | undefined;
  for (const line of lines) {
    const folded = /^[ \t]/.test(line);
    const [, name = '', value = ''] = /^([^:]*):(.*)$/s.exec(line) ?? [];
    // eslint-disable-next-line no-control-regex
    if (!/^[!#$%&'*+.^_`|~\w-]+:[^\x00-\x08\x0a-\x1f\x7f]*$/.test(line)) isExact = false;
    if (folded && last) last.push(`${last.pop() ?? ''} ${clean(line)}`);
    else if (name.trim() !== '') {
      const key = name.trim().toLowerCase();
      last = fields.get(key) ?? [];
      last.push(clean(value));
      fields.set(key, last);
    }
  }
  return { status: Number(status), isExact, all: (name) => fields.get(name) ?? [] };
}

function clean(value: string): string {
  // eslint-disable-next-line no-control-regex
  return value.replace(/[\x00-\x08\x0a-\x1f\x7f]/g, '').trim();
}
