import type { Database } from '../db/database.js';
import type { PictureStore } from './image-store.js';
import type { Summary } from './summary.js';

const TOP = 5;

/** Makes a PNG of the numbers. */
export type Render = (summary: Summary) => Promise<Buffer>;

/** The numbers that the picture shows, and the picture made of them. */
export class SummaryService {
  readonly #database: Database;
  readonly #picture: PictureStore;
  readonly #render: Render;

  constructor(database: Database, picture: PictureStore, render: Render) {
    this.#database = database;
    this.#picture = picture;
    this.#render = render;
  }

  async draw(facts: Pick<Summary, 'refreshedAt' | 'sources' | 'bundled' | 'gdpMethod'>): Promise<void> {
    const numbers = await this.#numbers();
    await this.#picture.write(await this.#render({ ...numbers, ...facts }));
  }

  async #numbers(): Promise<Pick<Summary, 'countries' | 'currencies' | 'top'>> {
    const { kysely } = this.#database;
    const [countries, currencies, top] = await Promise.all([
      kysely
        .selectFrom('countries')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow(),
      // Looked up for each: to count the codes in the history, all of it would be read.
      kysely
        .selectFrom('currencies')
        .select((eb) => eb.fn.countAll<number>().as('count'))
        .where((eb) =>
          eb.exists(
            eb
              .selectFrom('exchange_rates')
              .select('currency_code')
              .whereRef('currency_code', '=', 'currencies.code'),
          ),
        )
        .executeTakeFirstOrThrow(),
      kysely
        .selectFrom('countries')
        .select(['code', 'name', 'estimated_gdp as estimatedGdp'])
        .where('estimated_gdp', 'is not', null)
        .orderBy('estimated_gdp', 'desc')
        .orderBy('code')
        .limit(TOP)
        .execute(),
    ]);
    return {
      countries: Number(countries.count),
      currencies: Number(currencies.count),
      top: top.map((row) => ({ ...row, estimatedGdp: row.estimatedGdp ?? 0 })),
    };
  }
}
