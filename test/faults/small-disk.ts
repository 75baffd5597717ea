import { execFileSync } from 'node:child_process';
import { open, readFile, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { createConnection } from 'mysql2/promise';
import { startThrowawayServer } from '../db/throwaway-server.js';

/** The file system that a database server has all of its data on. */
export interface SmallDisk {
  /** To its last byte. */
  fill(): Promise<void>;
  makeRoom(): Promise<void>;
}

export interface ServerOnSmallDisk extends SmallDisk {
  url: string;
  stop(): Promise<void>;
}

/** Why there can be none here; null when there can. */
export const noSmallDisk = whyNot();

function whyNot(): string | null {
  if (process.platform !== 'linux' || userInfo().uid !== 0) return 'only root may mount a small disk, on Linux';
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', tmpdir()], { stdio: 'ignore' });
    return null;
  } catch {
    return 'nothing can be mounted here';
  }
}

/** Twice what an empty server takes. The mount is seen by the server alone, and gone with it. */
const MOUNT = [
  'mkdir "$0/disk"',
  'size=$(($(du -sm "$0/data" | cut -f1) * 2))m',
  'mount -t tmpfs -o "size=$size" tmpfs "$0/disk"',
  'cp -a --sparse=never "$0/data/." "$0/disk"',
  'exec "$@"',
].join(' && ');

/**
 * All tables in one file: in that InnoDB keeps something in reserve for undoing. A table in a small file of its own has
 * none, and the server gives itself up ("Out of disk space in rollback") when it finds no byte for that.
 */
const IN_ONE_FILE = ['--innodb-file-per-table=0', '--innodb-autoextend-increment=1'];

/** The same of what is needed for undoing, which MariaDB 11 has in files of its own. */
const UNDO_IN_ONE_FILE = ['--loose-innodb-undo-tablespaces=0'];

/** Undefined where no server is installed. */
export async function startOnSmallDisk(): Promise<ServerOnSmallDisk | undefined> {
  let root = '';
  const wrap = ([binary = '', ...options]: string[], folder: string) => {
    root = folder;
    const moved = options.map((option) =>
      option.startsWith('--datadir=') ? `--datadir=${join(folder, 'disk')}` : option,
    );
    return ['unshare', '-m', 'sh', '-c', MOUNT, folder, binary, ...moved, ...IN_ONE_FILE];
  };
  const server = await startThrowawayServer({ wrap, fromTheFirst: UNDO_IN_ONE_FILE });
  if (!server) return undefined;
  const id = (await readFile(join(root, 'pid'), 'utf8')).trim();
  // As the server sees it.
  const ballast = join('/proc', id, 'root', root, 'disk', 'ballast');
  return {
    url: server.url,
    stop: () => server.stop(),
    fill: () => fill(server.url, ballast),
    makeRoom: () => rm(ballast),
  };
}

async function fill(url: string, ballast: string): Promise<void> {
  const connection = await createConnection(url);
  try {
    await connection.query('create database filler');
    await connection.query('create table filler.filler (content longblob)');
    await writeUntilFull(ballast);
    // What is free inside the server's own file.
    for (;;) await connection.query("insert into filler.filler values (repeat('x', 100000))");
  } catch (error) {
    if ((error as { code?: string }).code !== 'ER_RECORD_FILE_FULL') throw error;
  } finally {
    await connection.end();
  }
}

async function writeUntilFull(path: string): Promise<void> {
  const file = await open(path, 'w');
  try {
    for (let bytes = 1_000_000; bytes >= 1; ) {
      const { bytesWritten } = await file.write(Buffer.alloc(bytes)).catch(() => ({ bytesWritten: 0 }));
      if (bytesWritten === 0) bytes = Math.floor(bytes / 10);
    }
  } finally {
    await file.close();
  }
}
