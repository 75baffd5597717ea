import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.js';

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

  it('take an empty value for none', () => {
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
    ['LOG_LEVEL', 'verbose', 'LOG_LEVEL is "verbose"; it must be one of fatal'],
  ])('refuse %s=%s and say what is allowed', (name, value, message) => {
    expect(() => readConfig({ [name]: value })).toThrow(message);
  });

  it('refuse a source without the key that it needs', () => {
    expect(() => readConfig({ COUNTRIES_SOURCE: 'restcountries' })).toThrow(/REST_COUNTRIES_API_KEY/);
  });

  it('never repeat a secret', () => {
    const address = 'ftp://me:s3cret@mirror.example/x?key=abc';
    expect(() => readConfig({ GDP_URL: address })).toThrow('GDP_URL is "ftp://mirror.example"; it must be');
    expect(() => readConfig({ GDP_URL: 'https://me:s3cret@mirror.example/x' })).toThrow(/without user and password/);
    expect(() => readConfig({ ADMIN_TOKEN: 'two words' })).toThrow(/^ADMIN_TOKEN (?!.*two words)/);
  });

  it('cannot be changed', () => {
    const config = readConfig({});
    expect(() => Object.assign(config.http, { port: 1 })).toThrow(TypeError);
  });

  it('all stand in .env.example with their defaults', () => {
    const example = readFileSync('.env.example', 'utf8');
    const lines = example.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const env = Object.fromEntries(lines.map((line) => line.split(/=(.*)/s, 2)));
    const read = new Set<string>();
    const spy = new Proxy(env, {
      get: (target, name: string) => {
        read.add(name);
        return target[name];
      },
    });
    expect(readConfig(spy)).toEqual(readConfig({}));
    expect([...read].sort()).toEqual(Object.keys(env).sort());
  });
});
