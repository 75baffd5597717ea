/** How far a refresh has come. Apart from the GraphQL type, for a refresh needs no GraphQL. */
export enum RefreshState {
  RUNNING = 'RUNNING',
  SUCCEEDED = 'SUCCEEDED',
  FAILED = 'FAILED',
  CANCELLED = 'CANCELLED',
}
