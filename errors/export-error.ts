import { type ErrorCode, type ErrorKind, errorRow, type PlaceholderOf, type Sentence } from './codes.ts';
import { type ErrorValue, type ErrorValues, filled } from './sentence.ts';

export type { ErrorValues } from './sentence.ts';

/** What fills the `{placeholders}` of the code's sentences. */
export type ValuesOf<Code extends ErrorCode> = Record<PlaceholderOf<Code>, ErrorValue>;

export interface Circumstances {
  cause?: unknown;
  /** Time will not mend this one, although it mends most of its code. */
  isLasting?: boolean;
  /** How long the other side asked to be left alone, in milliseconds. */
  retryAfterMs?: number;
  /** The settings or request field that the error belongs to, such as `period.from`. */
  field?: string;
  /** The other side's own id of the failed request, for its support. */
  requestId?: string;
}

/** A code whose sentences have placeholders must be given their values; the compiler sees to it. */
type Options<Code extends ErrorCode> = [PlaceholderOf<Code>] extends [never]
  ? [options?: Circumstances & { values?: ErrorValues }]
  : [options: Circumstances & { values: ValuesOf<Code> & ErrorValues }];

/**
 * The one shape of an error in this product: a code from one table, a kind that says what to do about it, and a
 * sentence that a person can act on. Its message is the English sentence, so that it is readable wherever it lands
 * (a log, Temporal's Web UI) and is safe there: it holds no secret and no personal data.
 */
export class ExportError<Code extends ErrorCode = ErrorCode> extends Error {
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly retryAfterMs: number | undefined;
  readonly values: ErrorValues;
  readonly field: string | undefined;
  readonly requestId: string | undefined;

  constructor(code: Code, ...[options]: Options<Code>) {
    const { values = {}, cause, isLasting, retryAfterMs, field, requestId } = options ?? {};
    super(filled(errorRow(code).en, 'en', values), { cause });
    this.name = 'ExportError';
    this.code = code;
    this.kind = isLasting ? 'permanent' : errorRow(code).kind;
    this.retryAfterMs = retryAfterMs;
    this.values = values;
    this.field = field;
    this.requestId = requestId;
  }

  /** The sentence for the user in the language asked for. */
  sentence(language: keyof Sentence): string {
    return filled(errorRow(this.code)[language], language, this.values);
  }

  /** The sentence as the settings page says it. */
  pageSentence(): Sentence {
    const { en, ru } = errorRow(this.code).page ?? errorRow(this.code);
    return { en: filled(en, 'en', this.values), ru: filled(ru, 'ru', this.values) };
  }
}

/** The first {@link ExportError} in the chain of causes, if any. */
export function findExportError(error: unknown): ExportError | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 10; current = current.cause, depth++) {
    if (current instanceof ExportError) return current;
  }
  return undefined;
}
