import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { findProgram, freePort, startGuarded } from '../db/throwaway-server.js';

const run = promisify(execFile);

const user = 'tester';
const password = 'throwaway';

const PROVIDERS = [
  '/usr/lib/galera/libgalera_smm.so',
  '/usr/lib/libgalera_smm.so',
  '/usr/lib64/galera-4/libgalera_smm.so',
];
const provider = PROVIDERS.find((path) => existsSync(path));

/** What a cluster needs and is not installed, by the names of Debian's packages. */
export function missingPackages(): string[] {
  return [
    ...(findProgram(['mariadbd']) && findProgram(['mariadb-install-db']) ? [] : ['mariadb-server']),
    ...(provider ? [] : ['galera-4']),
    ...(findProgram(['rsync']) ? [] : ['rsync']),
  ];
}

/** A Galera cluster on loopback, with the time-outs that Galera has by default. */
export class GaleraCluster {
  readonly nodes: readonly GaleraNode[];

  private constructor(nodes: readonly GaleraNode[]) {
    this.nodes = nodes;
  }

  static async start(size: number): Promise<GaleraCluster> {
    const ports = await Promise.all(Array.from({ length: size }, freePorts));
    const address = `gcomm://${ports.map(({ group }) => `127.0.0.1:${group}`).join()}`;
    const cluster = new GaleraCluster(ports.map((own, at) => new GaleraNode('abc'.charAt(at), own, address)));
    const [first, ...others] = cluster.nodes;
    await first?.start('new');
    // One at a time, because each gets a copy of all data from another one.
    for (const node of others) await node.start();
    return cluster;
  }

  /** `mysql://user:password@a,b,c/database`, beginning with that node. */
  url(first: number, database: string): string {
    const hosts = this.nodes.map((_, at) => `127.0.0.1:${this.nodes[(first + at) % this.nodes.length]?.port}`);
    return `mysql://${user}:${password}@${hosts.join()}/${database}`;
  }

  /** Waits until all nodes know all the others and have the same data. */
  async whole(): Promise<void> {
    const size = String(this.nodes.length);
    for (const deadline = Date.now() + 60_000; ; await sleep(100)) {
      const views = this.nodes.map(async (node) => {
        const names = ['local_state_comment', 'cluster_size', 'cluster_conf_id'];
        return Promise.all(names.map((name) => node.status(name).catch(String)));
      });
      const [first = [], ...others] = await Promise.all(views);
      const isWhole =
        first[0] === 'Synced' && first[1] === size && others.every((view) => view.join() === first.join());
      if (isWhole) return;
      if (Date.now() > deadline) throw new Error(`The cluster is not whole: ${JSON.stringify([first, ...others])}`);
    }
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop()));
  }
}

interface Ports {
  sql: number;
  group: number;
  ist: number;
  sst: number;
}

async function freePorts(): Promise<Ports> {
  const [sql = 0, group = 0, ist = 0, sst = 0] = await Promise.all(Array.from({ length: 4 }, freePort));
  return { sql, group, ist, sst };
}

export class GaleraNode {
  readonly name: string;
  readonly port: number;
  readonly #ports: Ports;
  readonly #clusterAddress: string;
  #folder = '';
  #end: () => Promise<void> = async () => undefined;

  constructor(name: string, ports: Ports, clusterAddress: string) {
    this.name = name;
    this.port = ports.sql;
    this.#ports = ports;
    this.#clusterAddress = clusterAddress;
  }

  /** Starts in an empty folder. The others send it all their data, unless it is the first of a new cluster. */
  async start(kind: 'new' | 'joining' = 'joining'): Promise<void> {
    await this.stop();
    this.#folder = await mkdtemp(join(tmpdir(), 'country-exchange-galera-'));
    const data = `--datadir=${join(this.#folder, 'data')}`;
    await writeFile(join(this.#folder, 'init.sql'), initSql);
    await run('mkdir', [join(this.#folder, 'data')]);
    if (kind === 'new') {
      const options = ['--no-defaults', data, '--auth-root-authentication-method=normal', '--skip-test-db'];
      await run(findProgram(['mariadb-install-db']) ?? '', options);
    }
    await giveToServer(this.#folder);
    const program = findProgram(['mariadbd']) ?? '';
    const command = [...asServer(), program, '--no-defaults', data, ...this.#options(kind)];
    this.#end = startGuarded(this.#folder, command, 'KILL');
    await this.#untilSynced();
  }

  /** `kill -9` */
  async kill(): Promise<void> {
    process.kill(await this.#pid(), 'SIGKILL');
  }

  /** Neither answers nor closes a connection until `thaw`. */
  async freeze(): Promise<void> {
    process.kill(await this.#pid(), 'SIGSTOP');
  }

  async thaw(): Promise<void> {
    process.kill(await this.#pid(), 'SIGCONT');
  }

  /** It and the others no longer hear each other. Clients still reach it. */
  async cutOff(): Promise<void> {
    await this.query("set global wsrep_provider_options = 'gmcast.isolate=1'");
  }

  async rejoin(): Promise<void> {
    await this.query("set global wsrep_provider_options = 'gmcast.isolate=0'");
  }

  async stop(): Promise<void> {
    await this.#end();
  }

  async query<Row>(sql: string, database = 'information_schema'): Promise<Row[]> {
    const connection = await this.connect(database);
    try {
      const [rows] = await connection.query<(Row & RowDataPacket)[]>(sql);
      return rows;
    } finally {
      connection.destroy();
    }
  }

  /** One of the figures in `show status like 'wsrep%'`. */
  async status(name: string): Promise<string | undefined> {
    const [row] = await this.query<{ Value: string }>(`show status like 'wsrep_${name}'`);
    return row?.Value;
  }

  connect(database: string): Promise<Connection> {
    return createConnection({
      host: '127.0.0.1',
      port: this.port,
      user,
      password,
      database,
      dateStrings: true,
      connectTimeout: 2_000,
    });
  }

  async #pid(): Promise<number> {
    return Number(await readFile(join(this.#folder, 'pid'), 'utf8'));
  }

  async #untilSynced(): Promise<void> {
    for (const deadline = Date.now() + 60_000; ; await sleep(100)) {
      const state = await this.status('local_state_comment').catch(String);
      if (state === 'Synced') return;
      if (Date.now() > deadline) {
        const log = await readFile(join(this.#folder, 'log.txt'), 'utf8').catch(String);
        throw new Error(`The node ${this.name} does not join (${state}):\n${log.slice(-4000)}`);
      }
    }
  }

  #options(kind: 'new' | 'joining'): string[] {
    const { sql, group, ist, sst } = this.#ports;
    return [
      `--socket=${join(this.#folder, 'socket')}`,
      `--tmpdir=${this.#folder}`,
      `--pid-file=${join(this.#folder, 'pid')}`,
      `--log-error=${join(this.#folder, 'log.txt')}`,
      ...(kind === 'new' ? [`--init-file=${join(this.#folder, 'init.sql')}`, '--wsrep-new-cluster'] : []),
      `--port=${sql}`,
      '--bind-address=127.0.0.1',
      '--performance-schema=OFF',
      '--innodb-log-file-size=8M',
      '--innodb-flush-log-at-trx-commit=0',
      '--binlog-format=ROW',
      '--innodb-autoinc-lock-mode=2',
      '--wsrep-on=ON',
      // Otherwise the server itself would retry single statements that met a conflict.
      '--wsrep-retry-autocommit=0',
      `--wsrep-provider=${provider}`,
      `--wsrep-node-name=${this.name}`,
      `--wsrep-cluster-address=${this.#clusterAddress}`,
      `--wsrep-node-address=127.0.0.1:${group}`,
      '--wsrep-sst-method=rsync',
      `--wsrep-sst-receive-address=127.0.0.1:${sst}`,
      `--wsrep-provider-options=base_host=127.0.0.1;base_port=${group};gmcast.listen_addr=tcp://127.0.0.1:${group};ist.recv_addr=127.0.0.1:${ist};gcache.size=16M`,
    ];
  }
}

const initSql = `create user '${user}'@'%' identified by '${password}';\ngrant all on *.* to '${user}'@'%' with grant option;\n`;

/** As root, the programs that copy the data would become another user and fail. */
const isRoot = userInfo().uid === 0;

function asServer(): string[] {
  return isRoot ? ['setpriv', '--reuid=mysql', '--regid=mysql', '--clear-groups'] : [];
}

async function giveToServer(folder: string): Promise<void> {
  if (isRoot) await run('chown', ['-R', 'mysql:mysql', folder]);
}
