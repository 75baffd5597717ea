import Fastify from 'fastify';
import mercurius from 'mercurius';
import { openRows, resolvers, typeDefs } from './peer-schema.js';

const [jit = '0', where = 'memory'] = process.argv.slice(2);
const rows = await openRows(where as 'memory' | 'sqlite');
const app = Fastify();
app.register(mercurius, { schema: typeDefs, resolvers: resolvers(rows), jit: Number(jit) });
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
process.send?.({ ready: true });
