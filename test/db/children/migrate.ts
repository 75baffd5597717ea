import { openWithOthers } from './open.js';

const database = await openWithOthers();
console.log(JSON.stringify(await database.migrate()));
await database.close();
