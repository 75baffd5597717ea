/** What a request turns out to be; it becomes one line in the log. Whoever knows a fact fills it in. */
export interface RequestFacts {
  operation?: string;
  cost?: number;
  /** Whether the answer was kept from an earlier request. */
  cache?: 'hit' | 'miss';
  /** The codes of the errors in the answer. */
  codes?: string[];
  /** Who changed something. */
  actor?: string;
}
