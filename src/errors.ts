/** The codes a client may rely on: they reach it as `extensions.code`. */
export type ErrorCode =
  | 'BAD_USER_INPUT'
  | 'NOT_FOUND'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'RATE_UNAVAILABLE'
  | 'QUERY_TOO_COMPLEX'
  | 'RATE_LIMITED'
  | 'EXTERNAL_SOURCE_UNAVAILABLE'
  | 'DATABASE_UNAVAILABLE'
  | 'REFRESH_CANCELLED'
  | 'REFRESH_TAKEN_OVER'
  | 'INTERNAL_SERVER_ERROR';

/** An error whose message may be shown to the user as it is. Everything else is masked. */
export class AppError extends Error {
  readonly code: ErrorCode;
  /** What the client gets beside the code, for instance which source failed and why. */
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

/** An upstream did not answer, or its answer cannot be used. `reason` is one clause without a full stop. */
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

/** The database cannot be reached or refuses us. The message is one line that an operator can act on. */
export class DatabaseUnavailableError extends AppError {
  constructor(message: string, cause?: unknown) {
    super('DATABASE_UNAVAILABLE', message, { cause });
  }
}

/** A setting that cannot be used. It stops the start. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** What an operator can mend is one line; a fault of ours comes with its stack. */
export function exitWith(error: unknown): never {
  process.stderr.write(`country-exchange: ${describe(error)}\n`);
  process.exit(1);
}

function describe(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof AppError) return [error.message, error.details].filter(Boolean).join(': ');
  if (isListenError(error))
    return `Cannot listen on ${error.address}:${error.port}: ${error.code}; set HOST or PORT`;
  if (isUnknownHost(error))
    return `Cannot listen on ${JSON.stringify(error.hostname)}: no such host name (${error.code}); set HOST`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

function isListenError(error: unknown): error is { code: string; address: string; port: number } {
  return error instanceof Error && 'syscall' in error && error.syscall === 'listen';
}

/** That of a database is an AppError. */
function isUnknownHost(error: unknown): error is { code: string; hostname: string } {
  return error instanceof Error && 'syscall' in error && error.syscall === 'getaddrinfo';
}
