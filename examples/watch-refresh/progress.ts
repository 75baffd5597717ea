/** What is asked of each step; `phases`, `warnings` and `failure` can be had as well. */
export const QUERY = 'subscription Progress($id: ID) { refreshProgress(id: $id) { id state progress } }';

export interface Progress {
  refreshProgress: { id: string; state: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'CANCELLED'; progress: number };
}

/** Shows one step. */
export type Show = (step: Progress['refreshProgress']) => void;
