import { expect, it } from 'vitest';
import { AnswerMemory } from '../../src/sources/response-cache.js';
import { describeEachDatabase } from '../databases.js';

describeEachDatabase((open) => {
  it('is read again by whoever needs it, where the database could not be asked', async () => {
    const { database } = await open();
    const { schema } = database.kysely;
    await schema.alterTable('source_answers').renameTo('elsewhere').execute();
    const memory = new AnswerMemory();
    await expect(memory.load(database)).rejects.toThrow(/source_answers/);
    await expect(memory.loaded).rejects.toThrow(/source_answers/);
    await schema.alterTable('elsewhere').renameTo('source_answers').execute();
    memory.keep('http://a.example', { etag: '"1"', lastModified: null }, { some: 'figures' });
    await memory.save();
    const another = new AnswerMemory();
    await another.load(database);
    expect(another.recall('http://a.example')?.body()).toEqual({ some: 'figures' });
  });
});
