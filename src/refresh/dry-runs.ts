import type { Refresh } from './refresh.type.js';

/** How many are kept. */
const KEPT = 20;

/** Dry runs leave no report in the database: the last ones stay here for those who look again. */
export class DryRuns {
  readonly #reports = new Map<string, Refresh>();

  keep(report: Refresh): void {
    this.#reports.set(report.id, report);
    const [oldest] = this.#reports.keys();
    if (this.#reports.size > KEPT && oldest !== undefined) this.#reports.delete(oldest);
  }

  find(id: string): Refresh | undefined {
    return this.#reports.get(id);
  }
}
