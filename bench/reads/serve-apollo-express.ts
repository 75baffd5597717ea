import { ApolloServer } from '@apollo/server';
import { expressMiddleware } from '@as-integrations/express5';
import express from 'express';
import { openRows, resolvers, typeDefs } from './peer-schema.js';

const [where = 'memory'] = process.argv.slice(2);
const rows = await openRows(where as 'memory' | 'sqlite');
const apollo = new ApolloServer({ typeDefs, resolvers: resolvers(rows) });
await apollo.start();
const app = express();
app.use('/graphql', express.json(), expressMiddleware(apollo));
app.listen(Number(process.env.PORT), '127.0.0.1', () => process.send?.({ ready: true }));
