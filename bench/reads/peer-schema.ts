import { readFileSync } from 'node:fs';

/** What a peer serves: as its guide would have one write it. */
export const typeDefs = `
  type Country {
    code: ID! name: String! capital: String region: String population: Float flagUrl: String
    exchangeRate: Float estimatedGdp: Float lastRefreshedAt: String!
  }
  type Query { countries: [Country!]! country(code: ID!): Country }
`;

export interface Fact {
  code: string;
  [name: string]: unknown;
}

export interface Rows {
  all(): Promise<Fact[]> | Fact[];
  one(code: string): Promise<Fact | undefined> | Fact | undefined;
}

/** The countries that the product serves, from `BENCH_ROWS`, or through Kysely from its own database. */
export async function openRows(where: 'memory' | 'sqlite'): Promise<Rows> {
  if (where === 'sqlite') return (await import('./kysely-rows.js')).openKyselyRows();
  const facts = JSON.parse(readFileSync(process.env.BENCH_ROWS ?? '', 'utf8')) as Fact[];
  const byCode = new Map(facts.map((fact) => [fact.code, fact]));
  return { all: () => facts, one: (code) => byCode.get(code) };
}

export function resolvers(rows: Rows) {
  return {
    Query: {
      countries: () => rows.all(),
      country: (_: unknown, { code }: { code: string }) => rows.one(code),
    },
  };
}
