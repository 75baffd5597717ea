import { openWithOthers } from './open.js';

// Adds 1 to the same two rows in many transactions, each of which is lost if two processes get into each other's way.
const database = await openWithOthers();
for (let round = 0; round < 200; round++) {
  const increments = ['AAA', 'BBB'].map((code) =>
    database.kysely
      .updateTable('exchange_rates')
      .set((eb) => ({ rate: eb('rate', '+', 1) }))
      .where('currency_code', '=', code),
  );
  await database.writeAtomically(increments);
}
await database.close();
