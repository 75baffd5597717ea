import { AppError, ConfigError } from './errors.js';

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
