import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, inject, it } from 'vitest';
import { ResponseCache } from '../../src/sources/response-cache.js';

const URL_WITH_KEY = 'https://a.example/countries?key=s3cret';
const RESPONSE = { etag: '"1"', lastModified: null, body: { some: ['figures'] } };

const MAKE_PIPE = 'mkfifo';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(inject('testFolder'), 'responses-'));
});

/** The one file of a cache with one response. */
async function savedFile(): Promise<string> {
  const cache = new ResponseCache(folder);
  cache.put(URL_WITH_KEY, RESPONSE);
  await cache.save();
  const [name = ''] = await readdir(join(folder, 'sources'));
  return join(folder, 'sources', name);
}

const inNextProcess = () => new ResponseCache(folder).get(URL_WITH_KEY);

describe('a response in the cache', () => {
  it('is there at once, and in the next process when it was saved', async () => {
    const cache = new ResponseCache(folder);
    cache.put(URL_WITH_KEY, RESPONSE);
    expect(await cache.get(URL_WITH_KEY)).toEqual(RESPONSE);
    expect(await inNextProcess()).toBeNull();
    await cache.save();
    expect(await cache.get(URL_WITH_KEY)).toEqual(RESPONSE);
    expect(await inNextProcess()).toEqual(RESPONSE);
    expect(await cache.get('https://b.example')).toBeNull();
  });

  it('is not saved without a folder', async () => {
    const cache = new ResponseCache(undefined);
    cache.put(URL_WITH_KEY, RESPONSE);
    await cache.save();
    expect(await cache.get(URL_WITH_KEY)).toEqual(RESPONSE);
    expect(await cache.get('https://b.example')).toBeNull();
  });

  it('does not reveal its address', async () => {
    const file = await savedFile();
    expect(file).toMatch(/\/[0-9a-f]{64}\.json\.gz$/);
    expect((await readFile(file)).includes('s3cret')).toBe(false);
  });

  it('is a miss when its file is cut anywhere, or one of its bytes differs', async () => {
    const file = await savedFile();
    const whole = await readFile(file);
    for (let length = 0; length < whole.length; length++) {
      await writeFile(file, whole.subarray(0, length));
      expect(await inNextProcess()).toBeNull();
    }
    // The first ten bytes are the header of gzip, with the time and the system.
    for (let at = 10; at < whole.length; at++) {
      const damaged = Buffer.from(whole);
      damaged[at] = (damaged[at] ?? 0) ^ 0x55;
      await writeFile(file, damaged);
      expect(await inNextProcess()).toBeNull();
    }
  });

  it('has no validator that could not be sent as a header', async () => {
    const cache = new ResponseCache(folder);
    const body = [1];
    cache.put(URL_WITH_KEY, { etag: '"a"\r\nx: y', lastModified: 7 as unknown as string, body });
    await cache.save();
    expect(await inNextProcess()).toEqual({ etag: null, lastModified: null, body });
  });

  it('is a miss when its file is a folder or a pipe', async () => {
    const file = await savedFile();
    execFileSync('rm', [file]);
    execFileSync(MAKE_PIPE, [file]);
    expect(await inNextProcess()).toBeNull();
    execFileSync('rm', [file]);
    await mkdir(file);
    expect(await inNextProcess()).toBeNull();
  });

  it.runIf(process.getuid?.() === 0)('is a miss when its file belongs to another user', async () => {
    execFileSync('chown', ['65534', await savedFile()]);
    expect(await inNextProcess()).toBeNull();
  });

  it('is always whole while many processes write it', async () => {
    const writers = Array.from({ length: 8 }, async (_, number) => {
      for (let round = 0; round < 10; round++) {
        const cache = new ResponseCache(folder);
        cache.put(URL_WITH_KEY, { ...RESPONSE, body: Array(1_000).fill(number) });
        await cache.save();
        expect(new Set((await inNextProcess())?.body as number[]).size).toBe(1);
      }
    });
    await Promise.all(writers);
    expect(await readdir(join(folder, 'sources'))).toHaveLength(1);
  });
});

describe('a folder that cannot be written', () => {
  it('fails only the save, which can be repeated', async () => {
    const cache = new ResponseCache(folder);
    cache.put(URL_WITH_KEY, RESPONSE);
    await writeFile(join(folder, 'sources'), 'a file in place of the folder');
    await expect(cache.save()).rejects.toThrow(/sources/);
    expect(await cache.get(URL_WITH_KEY)).toEqual(RESPONSE);
    execFileSync('rm', [join(folder, 'sources')]);
    await cache.save();
    expect(await inNextProcess()).toEqual(RESPONSE);
  });

  it.skipIf(process.getuid?.() === 0)('is still read', async () => {
    await savedFile();
    await chmod(join(folder, 'sources'), 0o500);
    expect(await inNextProcess()).toEqual(RESPONSE);
    await chmod(join(folder, 'sources'), 0o700);
  });
});
