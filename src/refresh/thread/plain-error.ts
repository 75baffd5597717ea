import { AppError, DatabaseUnavailableError } from '../../errors.js';
import { RefreshCancelledError } from '../refresh-errors.js';

/** An error as one thread tells it to another: of its own, only the standard fields of an Error would arrive. */
export interface PlainError {
  name: string;
  message: string;
  stack: string | undefined;
  /** Null for what is no AppError. */
  code: AppError['code'] | null;
  details: string | undefined;
  /** What lies behind it. */
  cause: PlainError | undefined;
}

/** So many errors behind one another are told of. */
const DEPTH = 4;

export function toPlain(error: unknown, depth = DEPTH): PlainError {
  const { name, message, stack, cause } = error instanceof Error ? error : new Error(String(error));
  const { code, details } = error instanceof AppError ? error : { code: null, details: undefined };
  const isLast = cause === undefined || depth === 1;
  return { name, message, stack, code, details, cause: isLast ? undefined : toPlain(cause, depth - 1) };
}

/** Of the same class as far as anybody asks for it. */
export function fromPlain(plain: PlainError): Error {
  const { name, stack } = plain;
  return Object.assign(errorOf(plain), { name, stack });
}

function errorOf({ code, message, details, cause: behind }: PlainError): Error {
  const cause = behind && fromPlain(behind);
  switch (code) {
    case null:
      return new Error(message, { cause });
    case 'DATABASE_UNAVAILABLE':
      return new DatabaseUnavailableError(message, cause);
    case 'REFRESH_CANCELLED':
      return new RefreshCancelledError(message);
    default:
      return new AppError(code, message, { ...(details === undefined ? {} : { details }), cause });
  }
}
