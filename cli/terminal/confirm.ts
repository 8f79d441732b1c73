import { createInterface } from 'node:readline/promises';
import type { Sentence } from '../../errors/codes.ts';
import type { Output } from './output.ts';
import type { Input } from './streams.ts';

/**
 * Asks a person for a yes.
 *
 * @returns undefined where nobody can be asked: without a terminal, or with `--json`.
 */
export async function confirm(output: Output, stdin: Input, question: Sentence): Promise<boolean | undefined> {
  if (!stdin.isTTY || output.json) return undefined;
  const reader = createInterface({ input: stdin, output: process.stderr });
  try {
    const answer = await reader.question(`${output.text(question)} [y/N] `);
    return /^(y|yes|д|да)$/i.test(answer.trim());
  } finally {
    reader.close();
  }
}
