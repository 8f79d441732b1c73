import { text } from 'node:stream/consumers';

/**
 * A secret from standard input: all of it from a pipe, one unseen line from a terminal. Never an argument: other users
 * of the machine can read those.
 */
export async function readSecret(stdin: NodeJS.ReadStream, prompt: string): Promise<string> {
  if (!stdin.isTTY) return text(stdin);
  process.stderr.write(`${prompt}: `);
  stdin.setRawMode(true).setEncoding('utf8').resume();
  try {
    return await lineOf(stdin);
  } finally {
    stdin.setRawMode(false).pause();
    process.stderr.write('\n');
  }
}

/** In raw mode the keys come as they are: Enter as CR, Backspace as DEL, Ctrl-C as ETX. */
function lineOf(stdin: NodeJS.ReadStream): Promise<string> {
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
