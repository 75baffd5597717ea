import { createPictureStore } from '../../src/summary/image-store.js';

// Run as a process of its own by picture-store.test.ts: writes pictures of one letter, the letters in turn.

const [folder = '', letters = '', size = '', times = ''] = process.argv.slice(2);
const store = createPictureStore(folder);

for (let index = 0; index < Number(times); index++) {
  await store.write('1', Buffer.alloc(Number(size), letters[index % letters.length]));
  process.stdout.write('.');
}
