import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The folder of the package as it is published, built for this run: see programs.ts. */
    builtPackage: string;
  }
}

/**
 * Builds the program once for all tests that start processes: a process that compiles its sources itself takes a second of
 * CPU time longer. The programs of the tests, in their folders `children`, are built with it.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'country-exchange-built-'));
  const { files } = JSON.parse(await readFile('package.json', 'utf8')) as { files: string[] };
  for (const name of files.filter((name) => !/^!?dist/.test(name))) {
    await cp(name, join(folder, name), { recursive: true });
  }
  await cp('package.json', join(folder, 'package.json'));
  await symlink(resolve('node_modules'), join(folder, 'node_modules'));
  const args = ['scripts/build.js', join(folder, 'dist'), ...(await children())];
  await promisify(execFile)(process.execPath, args);
  project.provide('builtPackage', folder);
  return () => rm(folder, { recursive: true });
}

async function children(): Promise<string[]> {
  const names = await readdir('test', { recursive: true });
  return names.filter((name) => /children\/[^/]+\.ts$/.test(name)).map((name) => join('test', name));
}
