import { AppError } from '../errors.js';
import type { Refresh } from './refresh.type.js';

/** Somebody has ended the refresh before its commit: it has changed nothing. */
export class RefreshCancelledError extends AppError {
  constructor(message = 'The refresh was cancelled') {
    super('REFRESH_CANCELLED', message);
  }
}

/** What becomes of a refresh when its process is told to stop. */
export function stoppedError(): RefreshCancelledError {
  return new RefreshCancelledError('The process that ran it was stopped');
}

/** Another process took this one for dead, because it gave no sign of life: it has changed nothing. */
export class RefreshTakenOverError extends AppError {
  constructor() {
    super(
      'REFRESH_TAKEN_OVER',
      'Another process took the refresh over, for this one was silent for too long',
    );
  }
}

/** The failure of a refresh that another process ran. */
export function errorOf({ failure }: Refresh): AppError {
  if (!failure) return new AppError('INTERNAL_SERVER_ERROR', 'The refresh failed');
  const { code, message, details } = failure;
  return new AppError(code as AppError['code'], message, details === null ? {} : { details });
}
