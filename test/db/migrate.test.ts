import { describe, expect, it } from 'vitest';
import { describeEachDatabase } from '../databases.js';

describe('migrations', () => {
  describeEachDatabase((open) => {
    it('are not run twice', async () => {
      const { database, connect } = await open();
      expect(await database.migrate()).toEqual([]);
      const other = await connect();
      expect(await other.migrate()).toEqual([]);
    });
  });
});
