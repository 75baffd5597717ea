import { createServer } from 'node:http';
import { createSchema, createYoga } from 'graphql-yoga';
import { openRows, resolvers, typeDefs } from './peer-schema.js';

const [where = 'memory'] = process.argv.slice(2);
const rows = await openRows(where as 'memory' | 'sqlite');
const schema = createSchema({ typeDefs, resolvers: resolvers(rows) });
const yoga = createYoga({ schema, logging: false });
createServer(yoga).listen(Number(process.env.PORT), '127.0.0.1', () => process.send?.({ ready: true }));
