import { setTimeout as delay } from 'node:timers/promises';
import { openFromArguments } from './open.js';

// The parent names a moment, so that all children begin at once however long each took to start.
await delay(Number(process.argv[3]) - Date.now());
const database = await openFromArguments();
console.log(JSON.stringify(await database.migrate()));
await database.close();
