import { buffer } from 'node:stream/consumers';
import { decodeText } from './decode-text.ts';
import type { Input } from './streams.ts';

const INPUT = { en: 'what standard input brings', ru: 'данные со стандартного ввода' };

/**
 * A secret from standard input: all of it from a pipe, one unseen line from a terminal. Never an argument: other users
 * of the machine can read those.
 */
export async function readSecret(stdin: Input, prompt: string): Promise<string> {
  if (stdin.isTTY !== true || !stdin.setRawMode) return decodeText(await buffer(stdin), INPUT);
  process.stderr.write(`${prompt}: `);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stdin.resume();
  try {
    return await lineOf(stdin);
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
    process.stderr.write('\n');
  }
}

/** In raw mode the keys come as they are: Enter as CR, Backspace as DEL, Ctrl-C as ETX. */
function lineOf(stdin: Input): Promise<string> {
  return new Promise((resolve) => {
    let line = '';
    stdin.on('data', function take(typed: Buffer | string) {
      for (const key of String(typed)) {
        if (key === '\u0003') process.exit(130);
        if (key === '\r' || key === '\n' || key === '\u0004') {
          stdin.off('data', take);
          resolve(line);
          return;
        }
        line = key === '\u007f' ? line.slice(0, -1) : line + key;
      }
    });
  });
}
