import type { Sentence } from '../../errors/codes.ts';
import type { ExportError } from '../../errors/export-error.ts';
import { SettingsInvalid } from '../../settings/export-settings.ts';
import type { Language } from './language.ts';
import type { Printer } from './streams.ts';

export interface OutputOptions {
  stdout: Printer;
  stderr: Printer;
  /** Values as lines of JSON instead of text for people. */
  json: boolean;
  language: Language;
}

/**
 * What a command says. Results go to standard output: text for people, or one line of JSON a result. Remarks go to
 * standard error, so that a script never reads them.
 */
export class Output {
  readonly json: boolean;
  readonly language: Language;
  readonly stdout: Printer;
  readonly #stderr: Printer;

  constructor({ stdout, stderr, json, language }: OutputOptions) {
    this.stdout = stdout;
    this.#stderr = stderr;
    this.json = json;
    this.language = language;
  }

  /** @param lines what people read instead of the value. */
  result(value: unknown, lines: () => string[]): void {
    this.#print(this.stdout, this.json ? [JSON.stringify(value)] : lines());
  }

  remark(sentence: Sentence): void {
    this.#print(this.#stderr, [sentence[this.language]]);
  }

  warning(error: ExportError): void {
    this.#print(this.#stderr, [error.sentence(this.language)]);
  }

  /** One sentence on standard error, or with `--json` an object on standard output. */
  error(error: ExportError): void {
    if (this.json) this.result({ error: errorObject(error, this.language) }, () => []);
    else this.#print(this.#stderr, [error.sentence(this.language)]);
  }

  text(sentence: Sentence): string {
    return sentence[this.language];
  }

  #print(stream: Printer, lines: string[]): void {
    if (lines.length > 0) stream.write(`${lines.join('\n')}\n`);
  }
}

function errorObject(error: ExportError, language: Language) {
  return {
    code: error.code,
    message: error.sentence(language),
    ...(error.field === undefined ? {} : { field: error.field }),
    ...(error instanceof SettingsInvalid
      ? {
          problems: error.problems.map(({ field, message }) => ({ field, message: message[language] })),
        }
      : {}),
    ...(error.requestId === undefined ? {} : { requestId: error.requestId }),
    ...(error.code === 'export_already_running' || error.code === 'export_running'
      ? { exportId: error.values['exportId'] }
      : {}),
  };
}
