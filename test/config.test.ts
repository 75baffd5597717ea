import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.js';
import { readEnvFile } from '../src/env.js';

describe('the settings', () => {
  it('have defaults', () => {
    const config = readConfig({});
    expect(config.http).toMatchObject({ host: '127.0.0.1', port: 4000 });
    expect(config.database).toMatchObject({
      url: 'sqlite:data/country-exchange.db',
      poolSize: 10,
      maxOverflow: 20,
    });
    expect(config.sources).toMatchObject({ countries: ['csc'], rates: ['currency-api'], timeoutMs: 30_000 });
    expect(config.refresh).toMatchObject({ batchSize: 100, onStart: 'when-stale', gdpMethod: 'PER_CAPITA' });
  });

  it('treat an empty value as none', () => {
    expect(readConfig({ PORT: '', HOST: ' ', COUNTRIES_SOURCE: '' })).toEqual(readConfig({}));
  });

  it('ask REST Countries when there is a key for it', () => {
    expect(readConfig({ REST_COUNTRIES_API_KEY: 'k' }).sources.countries).toEqual(['restcountries']);
    const other = readConfig({ REST_COUNTRIES_API_KEY: 'k', COUNTRIES_SOURCE: 'csc' });
    expect(other.sources.countries).toEqual(['csc']);
  });

  it.each([
    ['PORT', '65536', 'PORT is "65536"; it must be a whole number from 0 to 65535'],
    ['PORT', '4e3', 'PORT is "4e3"; it must be a whole number from 0 to 65535'],
    ['API_TIMEOUT', '-1', 'API_TIMEOUT is "-1"; it must be a whole number from 1 to 600'],
    ['REFRESH_BATCH_SIZE', '0', 'REFRESH_BATCH_SIZE is "0"; it must be a whole number from 1 to 1000'],
    [
      'RATES_SOURCE',
      'ecb',
      'RATES_SOURCE is "ecb"; it must be one or more of currency-api, open-er-api, frankfurter, bundled',
    ],
    ['GDP_METHOD', 'random', 'GDP_METHOD is "random"; it must be one of per-capita, multiplier'],
    ['GDP_URL', 'file:///etc/passwd', 'GDP_URL is "file://***"; it must be a URL that begins with http://'],
    ['REFRESH_ON_START', 'yes', 'REFRESH_ON_START is "yes"; it must be one of never, when-empty, when-stale, always'],
    ['TRUSTED_PROXIES', '10.0.0.0/33', 'TRUSTED_PROXIES contains "10.0.0.0/33"; it must be addresses or networks'],
    ['TRUSTED_PROXIES', '0.0.0.0/0', 'TRUSTED_PROXIES contains "0.0.0.0/0"; it must be addresses or networks'],
    ['LOG_LEVEL', 'verbose', 'LOG_LEVEL is "verbose"; it must be one of fatal'],
  ])('refuse %s=%s and say what is allowed', (name, value, message) => {
    expect(() => readConfig({ [name]: value })).toThrow(message);
  });

  it('refuse a source without the key that it needs', () => {
    expect(() => readConfig({ COUNTRIES_SOURCE: 'restcountries' })).toThrow(/REST_COUNTRIES_API_KEY/);
  });

  it.each(['"', "'", '`', '\u201c', '\u2019'])(
    'refuse a value that keeps the quote %s, without showing it',
    (quote) => {
      const names = Object.keys(exampleSettings());
      expect(names.length).toBeGreaterThan(40);
      for (const name of names) {
        for (const value of [`${quote}s3cret${quote}`, `${quote}s3cret`, `s3cret${quote}`]) {
          const read = () => readConfig({ COUNTRIES_SOURCE: 'csc', [name]: value });
          expect(read).toThrow(new RegExp(`^${name} has a quote (?!.*s3cret)`));
        }
      }
    },
  );

  it('never repeat a secret', () => {
    const address = 'ftp://me:s3cret@mirror.example/x?key=abc';
    expect(() => readConfig({ GDP_URL: address })).toThrow('GDP_URL is "ftp://mirror.example"; it must be');
    expect(() => readConfig({ GDP_URL: 'https://me:s3cret@mirror.example/x' })).toThrow(/without user and password/);
    expect(() => readConfig({ ADMIN_TOKEN: 'two words' })).toThrow(/^ADMIN_TOKEN (?!.*two words)/);
  });

  it.each(['ftp://u:s3cret@p', 'http://', 'http://u:s3cret%@p:1', 'socks5://s3cret:1', 'u:s3cret@p q'])(
    'refuse the proxy %s without showing it',
    (address) => {
      for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy']) {
        const read = () => readConfig({ [name]: address });
        expect(read).toThrow(new RegExp(`^${name.toUpperCase()} must be a URL (?!.*s3cret)`));
      }
    },
  );

  it('cannot be changed', () => {
    const config = readConfig({});
    expect(() => Object.assign(config.http, { port: 1 })).toThrow(TypeError);
  });

  it('are all in .env.example with their defaults', () => {
    const env = exampleSettings();
    const read = new Set<string>();
    const spy = new Proxy(env, {
      get: (target, name: string) => {
        // HTTP_PROXY is also read as http_proxy.
        read.add(name.toUpperCase());
        return target[name];
      },
    });
    expect(readConfig(spy)).toEqual(readConfig({}));
    expect([...read].sort()).toEqual(Object.keys(env).sort());
  });
});

function exampleSettings(): Record<string, string> {
  const lines = readFileSync('.env.example', 'utf8').split('\n');
  // What is commented out shows how to set it, and is not set.
  const settings = lines.flatMap((line) => [...line.matchAll(/^(#?)([A-Z_]+)=(.*)$/g)]);
  return Object.fromEntries(settings.map(([, comment, name = '', value = '']) => [name, comment ? '' : value]));
}

describe('a file of settings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'country-exchange-'));
  const read = (bytes: string | Buffer) => {
    writeFileSync(join(folder, '.env'), bytes);
    return readEnvFile(join(folder, '.env'));
  };
  const lines = ['DATABASE_URL=sqlite:Zürich.db', 'PORT=4001 # here', 'export HOST="::1"', "ADMIN_TOKEN='a#b'"];
  const values = { DATABASE_URL: 'sqlite:Zürich.db', PORT: '4001', HOST: '::1', ADMIN_TOKEN: 'a#b' };

  it.each([
    ['of Unix', lines.join('\n')],
    ['of Windows', lines.join('\r\n')],
    ['with a byte order mark', `\ufeff${lines.join('\r\n')}`],
    ['put together from files with such marks', lines.map((line) => `\ufeff${line}\n`).join('')],
  ])('%s is read', (_, text) => {
    expect({ ...read(text) }).toEqual(values);
  });

  const text = lines.join('\n');
  const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');
  it.each([
    ['UTF-16', utf16],
    ['UTF-16 of the other byte order', Buffer.from(utf16).swap16()],
    ['UTF-16 without a mark', Buffer.from('PORT=4001', 'utf16le')],
    ['UTF-32', Buffer.from([...'PORT=4001'].flatMap((char) => [char.charCodeAt(0), 0, 0, 0]))],
    ['Latin-1', Buffer.from(text, 'latin1')],
  ])('in %s is refused', (_, bytes) => {
    expect(() => read(bytes)).toThrow(/\.env is not UTF-8 text: save it as UTF-8$/);
  });

  it('with a quote that is not closed is refused, wherever the parser ends the value', () => {
    for (const broken of ['HOST="::1\nPORT=1', 'HOST="::1\nPORT="1"', "HOST='::1\nLOG_LEVEL='info'"]) {
      expect(() => readConfig(read(broken)), broken).toThrow(/^HOST has a quote/);
    }
  });

  it('that cannot be read is refused', () => {
    expect(() => readEnvFile(folder)).toThrow(/cannot be read: EISDIR/);
  });
});
