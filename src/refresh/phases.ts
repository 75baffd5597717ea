/** The parts of a refresh. Separate from the GraphQL type, because a refresh needs no GraphQL. */
export enum PhaseName {
  FETCH_COUNTRIES = 'FETCH_COUNTRIES',
  FETCH_RATES = 'FETCH_RATES',
  FETCH_GDP = 'FETCH_GDP',
  MERGE = 'MERGE',
  STORE = 'STORE',
  DRAW = 'DRAW',
}

export enum PhaseState {
  WAITING = 'WAITING',
  RUNNING = 'RUNNING',
  DONE = 'DONE',
  FAILED = 'FAILED',
  SKIPPED = 'SKIPPED',
}

export function hasEnded(state: PhaseState): boolean {
  return state !== PhaseState.WAITING && state !== PhaseState.RUNNING;
}

/** How far a refresh has come. Separate from the GraphQL type, for the same reason. */
export enum RefreshState {
  RUNNING = 'RUNNING',
  SUCCEEDED = 'SUCCEEDED',
  FAILED = 'FAILED',
  CANCELLED = 'CANCELLED',
}
