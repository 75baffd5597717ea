import { AppError } from '../errors.js';
import type { Refresh } from './refresh.type.js';

/** The refresh was stopped before its commit. */
export class RefreshCancelledError extends AppError {
  constructor(message = 'The refresh was cancelled') {
    super('REFRESH_CANCELLED', message);
  }
}

/** The refresh was stopped because its process is shutting down. */
export function stoppedError(): RefreshCancelledError {
  return new RefreshCancelledError('The process that ran it was stopped');
}

/** The lease expired without a heartbeat and went to another process. */
export class RefreshTakenOverError extends AppError {
  constructor() {
    super(
      'REFRESH_TAKEN_OVER',
      'Another process took the refresh over because this one sent no heartbeat for too long',
    );
  }
}

/** The failure of a refresh that another process ran. */
export function errorOf({ failure }: Refresh): AppError {
  if (!failure) return new AppError('INTERNAL_SERVER_ERROR', 'The refresh failed');
  const { code, message, details } = failure;
  return new AppError(code as AppError['code'], message, details === null ? {} : { details });
}
