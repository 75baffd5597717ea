import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPictureStore } from '../../src/summary/image-store.js';

const SIZE = 400_000;
const WRITER = fileURLToPath(new URL('./write-pictures.ts', import.meta.url));
let folder: string;
let picture: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'picture-store-'));
  picture = join(folder, 'summary-1.png');
});

afterEach(() => rm(folder, { recursive: true }));

test('The folder is made with the first picture', async () => {
  const store = createPictureStore(join(folder, 'a', 'b'));
  const path = join(folder, 'a', 'b', 'summary-1.png');
  expect(await store.find('1')).toBeNull();

  expect(await store.write('1', Buffer.from('first'))).toBe(path);
  expect(await store.find('1')).toBe(path);
  expect(await readFile(path, 'utf8')).toBe('first');
});

test('A reader gets one picture or the other, whole, however often they change', async () => {
  await createPictureStore(folder).write('1', Buffer.alloc(SIZE, 'b'));
  const writer = startWriter('ab', SIZE, 40);
  const ended = once(writer, 'exit');
  const seen = new Set<string>();
  while (writer.exitCode === null && writer.signalCode === null) seen.add(await describePicture());

  expect(await ended).toEqual([0, null]);
  for (const description of seen) expect(description).toMatch(/^[ab] x 400000$/);
  expect(await readdir(folder)).toEqual(['summary-1.png']);
});

test('Two writers at once leave one whole picture and nothing else', async () => {
  const stores = [createPictureStore(folder), createPictureStore(folder)];
  await Promise.all(stores.map((store, index) => store.write('1', Buffer.alloc(SIZE, String(index)))));

  expect(await describePicture()).toMatch(/^[01] x 400000$/);
  expect(await readdir(folder)).toEqual(['summary-1.png']);
});

// A limit on the size of files acts like a full disk: the system stores a part, and refuses the next one.
test('A disk that takes only a part leaves the old picture', async () => {
  await createPictureStore(folder).write('1', Buffer.alloc(SIZE, 'a'));
  const writer = startWriter('b', SIZE, 1, 'ulimit -f 100;');
  const errors = await text(writer.stderr as Readable);

  expect(errors).toContain('EFBIG');
  expect(await describePicture()).toBe(`a x ${SIZE}`);
  expect(await readdir(folder)).toEqual(['summary-1.png']);
});

test('A process that is killed in the middle of a write leaves a whole picture', async () => {
  const writer = startWriter('ab', 20 * SIZE, 10_000);
  const ended = once(writer, 'exit');
  for (let index = 0; index < 5; index++) await once(writer.stdout as Readable, 'data');
  writer.kill('SIGKILL');
  await ended;

  expect(await describePicture()).toMatch(/^[ab] x 8000000$/);
});

test('What a killed process left is removed with the next picture, what another is writing is not', async () => {
  const [leftOver, beingWritten] = [`${picture}.1.tmp`, `${picture}.2.tmp`];
  const anHourAgo = new Date(Date.now() - 3_600_000);
  await writeFile(leftOver, 'half a pict');
  await writeFile(beingWritten, 'half a pict');
  await utimes(leftOver, anHourAgo, anHourAgo);
  await createPictureStore(folder).write('1', Buffer.from('new'));

  expect((await readdir(folder)).sort()).toEqual(['summary-1.png', 'summary-1.png.2.tmp']);
});

test('A picture is removed with a newer one when it is a minute old, and may be read until then', async () => {
  const store = createPictureStore(folder);
  for (const name of ['1', '2', '3']) await store.write(name, Buffer.from(name));
  expect((await readdir(folder)).sort()).toEqual(['summary-1.png', 'summary-2.png', 'summary-3.png']);
  const anHourAgo = new Date(Date.now() - 3_600_000);
  for (const name of await readdir(folder)) await utimes(join(folder, name), anHourAgo, anHourAgo);
  await store.write('4', Buffer.from('4'));

  expect(await readdir(folder)).toEqual(['summary-4.png']);
});

/** With `exec` the shell becomes the writer, so that a signal reaches it. */
function startWriter(letters: string, size: number, times: number, limit = ''): ChildProcess {
  const writer = [process.execPath, '--import', 'tsx', WRITER, folder, letters, String(size), String(times)];
  const command = `${limit} exec ${writer.map((part) => `'${part}'`).join(' ')}`;
  return spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** `a x 400000` when it is all of one piece, otherwise `mixed`. */
async function describePicture(): Promise<string> {
  const content = await readFile(picture);
  const first = content.subarray(0, 1).toString();
  return content.equals(Buffer.alloc(content.length, first)) ? `${first} x ${content.length}` : 'mixed';
}
