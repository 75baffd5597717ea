import { once } from 'node:events';
import { mkdtemp, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Server } from 'node:net';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { settings } from '../app.js';
import { runChild } from '../child.js';
import { createCertificates } from '../db/certificates.js';
import { program } from '../programs.js';
import { startUpstream, type Upstream } from '../upstream/upstream.js';

const folder = await mkdtemp(join(inject('testFolder'), 'https-proxy-'));
const certificates = await createCertificates(folder);

/** The real thing: TLS through a tunnel, in a process that reads NODE_EXTRA_CA_CERTS when it starts. */
describe.skipIf(certificates === undefined)('HTTPS through a proxy', () => {
  const { ca = '', cert = '', key = '' } = certificates ?? {};
  /** The tunnels that were asked for. */
  let tunnels: string[] = [];
  let upstream: Upstream;
  let secure: Server;
  const proxy = createServer((_request, response) => response.writeHead(405).end());
  proxy.on('connect', ({ url }, socket) => {
    tunnels.push(String(url));
    const onward = connect(portOf(secure), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    for (const end of [socket, onward]) end.on('error', () => undefined);
  });
  beforeAll(async () => {
    upstream = await startUpstream();
    const options = { cert: await readFile(cert), key: await readFile(key) };
    // The certificate is for localhost, the stub behind it speaks HTTP.
    secure = createTlsServer(options, (socket) => {
      const onward = connect(Number(new URL(upstream.urls.csc).port), '127.0.0.1');
      socket.pipe(onward).pipe(socket);
      for (const end of [socket, onward]) end.on('error', () => undefined);
    });
    for (const server of [secure, proxy]) await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(async () => {
    proxy.closeAllConnections();
    for (const server of [secure, proxy]) server.close();
    await upstream.close();
  });

  const refresh = (name: string, more = {}) => {
    tunnels = [];
    // A port where nothing listens: only the proxy leads to it.
    const at = (url: string) => url.replace(/^http:\/\/[^/]+/, 'https://localhost:1');
    const { urls } = upstream;
    return runChild(program('cli'), ['refresh'], {
      ...settings(upstream, `sqlite:${join(folder, `${name}.db`)}`, { CACHE_DIR: join(folder, name) }),
      COUNTRIES_URL: at(urls['restcountries-v3']),
      RATES_URL: at(urls['currency-api']),
      GDP_URL: at(urls['world-bank']),
      HTTPS_PROXY: `127.0.0.1:${portOf(proxy)}`,
      LOG_LEVEL: 'warn',
      ...more,
    });
  };

  it('reaches every source through a tunnel', async () => {
    const { exitCode, stdout, stderr } = await refresh('good', { NODE_EXTRA_CA_CERTS: ca });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/250 inserted/);
    expect(new Set(tunnels)).toEqual(new Set(['localhost:1']));
    expect(tunnels).toHaveLength(3);
    for (const route of ['restcountries-v3', 'currency-api', 'world-bank'] as const) {
      expect(upstream.requests(route)[0]?.headers).toMatchObject({ host: 'localhost:1' });
    }
  });

  it('checks the certificate of the source', async () => {
    const { stdout } = await refresh('unknown');
    expect(tunnels.length).toBeGreaterThan(0);
    expect(stdout).toMatch(/SOURCE_UNAVAILABLE: .*certificate.*the bundled data set is used/);
  });
});

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
