import { ERROR_CODES, type ErrorCode, type ErrorKind, type Sentence } from './codes.ts';

/** Hosts, ids, counts; words in both languages. Never a token, a phone, a name or a link. */
export type ErrorValues = Record<string, string | number | Sentence>;

export interface ExportErrorOptions {
  cause?: unknown;
  /** How long the other side asked to be left alone, in milliseconds. */
  retryAfterMs?: number;
  /** What fills the `{placeholders}` of the sentence. */
  values?: ErrorValues;
  /** The settings or request field that the error belongs to, such as `period.from`. */
  field?: string;
  /** The other side's own id of the failed request, for its support. */
  requestId?: string;
}

/**
 * The one shape of an error in this product: a code from one table, a kind that says what to do about it, and a
 * sentence that a person can act on. Its message is the English sentence, so that it is readable wherever it lands
 * (a log, Temporal's Web UI) and is safe there: it holds no secret and no personal data.
 */
export class ExportError extends Error {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly retryAfterMs: number | undefined;
  readonly values: ErrorValues;
  readonly field: string | undefined;
  readonly requestId: string | undefined;

  constructor(code: ErrorCode, options: ExportErrorOptions = {}) {
    super(filled(ERROR_CODES[code].en, 'en', options.values ?? {}), { cause: options.cause });
    this.name = 'ExportError';
    this.code = code;
    this.kind = ERROR_CODES[code].kind;
    this.retryAfterMs = options.retryAfterMs;
    this.values = options.values ?? {};
    this.field = options.field;
    this.requestId = options.requestId;
  }

  /** The sentence for the user in the language asked for. */
  sentence(language: keyof Sentence): string {
    return filled(ERROR_CODES[this.code][language], language, this.values);
  }
}

/** The first {@link ExportError} in the chain of causes, if any. */
export function findExportError(error: unknown): ExportError | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 10; current = current.cause, depth++) {
    if (current instanceof ExportError) return current;
  }
  return undefined;
}

/** A sentence in that language with its `{placeholders}` filled; `?` stands for what is not known. */
export function filled(text: string, language: keyof Sentence, values: ErrorValues): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name] ?? '?';
    return typeof value === 'object' ? value[language] : String(value);
  });
}
