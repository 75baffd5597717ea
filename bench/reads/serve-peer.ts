import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

// A server to compare with, written as its guide shows: SERVER, and where its rows are ("memory", "sqlite").

const [name = '', where = 'memory'] = process.argv.slice(2);
const port = Number(process.env.PORT);
const rowsFile = process.env.BENCH_ROWS ?? '';
const facts = JSON.parse(readFileSync(rowsFile, 'utf8')) as Fact[];
const ready = () => void process.send?.({ ready: true });

const typeDefs = `
  type Country {
    code: ID! name: String! capital: String region: String population: Float flagUrl: String
    exchangeRate: Float estimatedGdp: Float lastRefreshedAt: String!
  }
  type Query { countries: [Country!]! country(code: ID!): Country }
`;

interface Fact {
  code: string;
  name: string;
  [column: string]: unknown;
}

async function resolvers() {
  const rows = where === 'sqlite' ? await sqliteRows() : memoryRows();
  const country = (_: unknown, { code }: { code: string }) => rows.one(code);
  return { Query: { countries: () => rows.all(), country } };
}

function memoryRows() {
  const byCode = new Map(facts.map((fact) => [fact.code, fact]));
  return { all: () => facts, one: (code: string) => byCode.get(code) };
}

/** The same facts in a table, through libsql, which keeps its statements prepared. */
async function sqliteRows() {
  const [{ Kysely, SqliteDialect }, { default: Libsql }] = await Promise.all([import('kysely'), import('libsql')]);
  const libsql = new Libsql(`${rowsFile}.${process.pid}.db`);
  const prepared = new Map<string, ReturnType<typeof libsql.prepare>>();
  const prepare = (text: string) => {
    const statement = prepared.get(text) ?? libsql.prepare(text);
    prepared.set(text, statement);
    return statement as never;
  };
  const dialect = new SqliteDialect({ database: { prepare, close: () => libsql.close() } });
  const kysely = new Kysely<{ countries: Fact }>({ dialect });
  const columns = Object.keys(facts[0] ?? {});
  const typed = columns.map((column) => `${column} ${/^(pop|exch|est)/.test(column) ? 'real' : 'text'}`);
  libsql.exec(`create table countries (${typed.join(', ')}, primary key (code)) strict`);
  libsql.exec('create index by_name on countries (name)');
  await kysely.insertInto('countries').values(facts).execute();
  const select = () => kysely.selectFrom('countries').select(columns);
  return {
    all: () => select().orderBy('name').execute(),
    one: (code: string) => select().where('code', '=', code).executeTakeFirst(),
  };
}

const SERVERS: Record<string, () => Promise<unknown>> = {
  /** No server on Node can be faster: it reads the request, looks at nothing and writes the same bytes. */
  bytes: async () => {
    const list = Buffer.from(JSON.stringify({ data: { countries: { nodes: facts } } }));
    const one = Buffer.from(JSON.stringify({ data: { country: facts.find(({ code }) => code === 'CI') } }));
    createServer((request, response) => {
      request.resume().on('end', () => {
        const body = Number(request.headers['content-length']) > 150 ? one : list;
        const headers = { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length };
        response.writeHead(200, headers).end(body);
      });
    }).listen(port, '127.0.0.1', ready);
  },
  mercurius: () => serveMercurius(0),
  'mercurius-jit': () => serveMercurius(1),
  yoga: async () => {
    const { createSchema, createYoga } = await import('graphql-yoga');
    const schema = createSchema({ typeDefs, resolvers: await resolvers() });
    createServer(createYoga({ schema, logging: false })).listen(port, '127.0.0.1', ready);
  },
  'apollo-express': async () => {
    const [{ ApolloServer }, { expressMiddleware }, { default: express }] = await Promise.all([
      import('@apollo/server'),
      import('@as-integrations/express5'),
      import('express'),
    ]);
    const apollo = new ApolloServer({ typeDefs, resolvers: await resolvers() });
    await apollo.start();
    const app = express();
    app.use('/graphql', express.json(), expressMiddleware(apollo));
    app.listen(port, '127.0.0.1', ready);
  },
  trevorblades: serveTrevorblades,
};

async function serveMercurius(jit: number): Promise<void> {
  const [{ default: Fastify }, { default: mercurius }] = await Promise.all([import('fastify'), import('mercurius')]);
  const app = Fastify();
  app.register(mercurius, { schema: typeDefs, resolvers: await resolvers(), jit });
  await app.listen({ port, host: '127.0.0.1' });
  ready();
}

/** The schema of trevorblades/countries, rewritten over its own data package, on the server that it runs on. */
async function serveTrevorblades(): Promise<void> {
  const { continents, countries, getEmojiFlag } = await import('countries-list');
  const { createSchema, createYoga } = await import('graphql-yoga');
  const list = Object.entries(countries).map(([code, country]) => ({ code, ...country }));
  type Country = (typeof list)[number];
  const schema = createSchema({
    typeDefs: `
      type Continent { code: ID! name: String! countries: [Country!]! }
      type Country {
        code: ID! name(lang: String): String! native: String! phone: String! phones: [String!]! capital: String
        currency: String currencies: [String!]! emoji: String! continent: Continent!
      }
      type Query { countries: [Country!]! country(code: ID!): Country }
    `,
    resolvers: {
      Query: {
        countries: () => list,
        country: (_: unknown, args: { code: string }) => list.find(({ code }) => code === args.code),
      },
      Country: {
        name: ({ name }: Country) => name,
        capital: ({ capital }: Country) => capital || null,
        phone: ({ phone }: Country) => phone.join(','),
        phones: ({ phone }: Country) => phone,
        currency: ({ currency }: Country) => currency.join(',') || null,
        currencies: ({ currency }: Country) => currency,
        emoji: ({ code }: Country) => getEmojiFlag(code as keyof typeof countries),
        continent: ({ continent }: Country) => ({ code: continent, name: continents[continent] }),
      },
    },
  });
  createServer(createYoga({ schema, logging: false })).listen(port, '127.0.0.1', ready);
}

await SERVERS[name]?.();
