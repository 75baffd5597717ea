import { codes, countryRow } from '../rows.js';
import { openWithOthers } from './open.js';

const database = await openWithOthers();
const rows = codes(250).map((code) => countryRow(code, { name: 'Half written' }));
await database.writeAtomically(database.upsert('countries', rows, ['code'], 100), {
  onProgress: (done) => {
    if (done === 2) process.kill(process.pid, 'SIGKILL');
  },
});
