/**
 * The opening of a database that others need not wait for. Resolves when it is reached and migrated; false where tables
 * had to be made or changed first, which is rare. Rejects with the one clear line that says why it cannot be used.
 */
export type Opening = Promise<boolean>;

/** That of a database which is open already. */
export const opened: Opening = Promise.resolve(true);

/**
 * Runs a read, or something else that may be done twice, while the database is being opened: from far away the answer
 * is there a round trip earlier. What was done on tables of another version does not count, and is done again.
 */
export async function whileOpening<T>(opening: Opening, run: () => Promise<T>): Promise<T> {
  const early = run();
  const [wasUpToDate] = await Promise.allSettled([opening, early]);
  if (wasUpToDate.status === 'rejected') throw wasUpToDate.reason;
  return wasUpToDate.value ? early : run();
}
