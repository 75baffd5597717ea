/** Clients may rely on these: they are the `extensions.code` of GraphQL errors. */
export const ERROR_CODES = [
  'BAD_USER_INPUT',
  'NOT_FOUND',
  'UNAUTHENTICATED',
  'FORBIDDEN',
  'RATE_UNAVAILABLE',
  'QUERY_TOO_COMPLEX',
  'RATE_LIMITED',
  'EXTERNAL_SOURCE_UNAVAILABLE',
  'DATABASE_UNAVAILABLE',
  'REFRESH_CANCELLED',
  'REFRESH_TAKEN_OVER',
  'INTERNAL_SERVER_ERROR',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** An error whose message may be shown to clients. All others are masked. */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** For the client as well, for instance which source failed and why. */
  readonly details: string | undefined;

  constructor(code: ErrorCode, message: string, options: { details?: string; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.details = options.details;
  }
}

export class BadUserInputError extends AppError {
  constructor(message: string) {
    super('BAD_USER_INPUT', message);
  }
}

export class NotFoundError extends AppError {
  constructor(message: string) {
    super('NOT_FOUND', message);
  }
}

/** An upstream did not answer, or its answer is unusable. `reason` is one clause without a full stop. */
export class SourceUnavailableError extends AppError {
  readonly source: string;
  readonly reason: string;

  constructor(source: string, reason: string, cause?: unknown) {
    super('EXTERNAL_SOURCE_UNAVAILABLE', 'External data source unavailable', {
      details: `Could not fetch data from ${source}: ${reason}`,
      cause,
    });
    this.source = source;
    this.reason = reason;
  }
}

/** The database cannot be reached or used. The message is one line that tells an operator what to do. */
export class DatabaseUnavailableError extends AppError {
  constructor(message: string, cause?: unknown) {
    super('DATABASE_UNAVAILABLE', message, { cause });
  }
}

/** An invalid setting aborts startup. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Prints one line for errors that an operator can fix, and the stack of all others. */
export function exitWith(error: unknown): never {
  process.stderr.write(`country-exchange: ${describe(error)}\n`);
  process.exit(1);
}

function describe(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof AppError) return [error.message, error.details].filter(Boolean).join(': ');
  if (!(error instanceof Error)) return String(error);
  const { syscall, address, port, hostname, code } = error as ListenError;
  if (syscall === 'listen') return `Cannot listen on ${address}:${port}: ${code}; set HOST or PORT`;
  // Lookups for a database are AppErrors.
  if (syscall === 'getaddrinfo')
    return `Cannot listen on ${JSON.stringify(hostname)}: no such host name (${code}); set HOST`;
  return error.stack ?? error.message;
}

type ListenError = NodeJS.ErrnoException & { address?: string; port?: number; hostname?: string };
