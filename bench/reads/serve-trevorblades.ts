import { createServer } from 'node:http';
import { continents, countries, getEmojiFlag, type TCountryCode } from 'countries-list';
import { createSchema, createYoga } from 'graphql-yoga';

/** The schema of trevorblades/countries told again over its own data package, on the server that it runs on. */
const typeDefs = `
  type Continent { code: ID! name: String! countries: [Country!]! }
  type Country {
    code: ID! name(lang: String): String! native: String! phone: String! phones: [String!]! capital: String
    currency: String currencies: [String!]! emoji: String! continent: Continent!
  }
  type Query { countries: [Country!]! country(code: ID!): Country }
`;

const list = Object.entries(countries).map(([code, country]) => ({ code: code as TCountryCode, ...country }));
type Country = (typeof list)[number];

const resolvers = {
  Query: {
    countries: () => list,
    country: (_: unknown, { code }: { code: string }) => list.find((country) => country.code === code),
  },
  Country: {
    name: ({ name }: Country) => name,
    capital: ({ capital }: Country) => capital || null,
    phone: ({ phone }: Country) => phone.join(','),
    phones: ({ phone }: Country) => phone,
    currency: ({ currency }: Country) => currency.join(',') || null,
    currencies: ({ currency }: Country) => currency,
    emoji: ({ code }: Country) => getEmojiFlag(code),
    continent: ({ continent }: Country) => ({ code: continent, name: continents[continent] }),
  },
};

const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), logging: false });
createServer(yoga).listen(Number(process.env.PORT), '127.0.0.1', () => process.send?.({ ready: true }));
