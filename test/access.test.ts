import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Caller, checkMayChange, isWeak } from '../src/access.js';
import { readConfig } from '../src/config.js';

const mayChange = (env: Record<string, string>, caller: Caller = {}) => checkMayChange(readConfig(env).http, caller);
const code = (env: Record<string, string>, caller?: Caller) => {
  try {
    return `allowed: ${mayChange(env, caller)}`;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('with tokens', () => {
  const env = { HOST: '0.0.0.0', ADMIN_TOKEN: 'cron:first-token,anna:second-token' };

  test('the bearer of a token is known by its name', () => {
    expect(code(env, { authorization: 'Bearer first-token' })).toBe('allowed: cron');
    expect(code(env, { authorization: 'bearer  second-token ' })).toBe('allowed: anna');
    expect(code({ ADMIN_TOKEN: 'alone' }, { authorization: 'Bearer alone' })).toBe('allowed: admin');
  });

  test.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer first',
    'Bearer first-token2',
    'Bearer cron:first-token',
    'Bearer first-token,second-token',
    'Basic first-token',
    'first-token',
  ])('an Authorization header of %j is refused', (authorization) => {
    expect(code(env, { authorization })).toBe('UNAUTHENTICATED');
  });

  test('a token that is removed from the setting is refused, and the others still work', () => {
    const left = { ...env, ADMIN_TOKEN: 'anna:second-token' };
    expect(code(left, { authorization: 'Bearer first-token' })).toBe('UNAUTHENTICATED');
    expect(code(left, { authorization: 'Bearer second-token' })).toBe('allowed: anna');
  });

  test('one is needed on a loopback address too', () => {
    expect(code({ ADMIN_TOKEN: 'alone' }, { host: 'localhost:4000' })).toBe('UNAUTHENTICATED');
  });

  test.each(['cron:', ':token', 'cron:a:b', 'a,,b', 'two words', 'bad name\n:token'])(
    'ADMIN_TOKEN=%j stops the start without being shown',
    (value) => {
      expect(() => mayChange({ ADMIN_TOKEN: value })).toThrow(/^ADMIN_TOKEN .*value is not shown\)$/);
    },
  );
});

describe('without a token', () => {
  test.each(['127.0.0.1:4000', 'localhost:4000', '127.8.9.1', '[::1]:4000', 'LOCALHOST'])(
    'a program on this machine that calls %s may change things',
    (host) => expect(code({}, { host })).toBe('allowed: local'),
  );

  test.each(['evil.example:4000', 'localhost.evil.example', '127.0.0.1.evil.example', '', ' ', '::1'])(
    'a page whose own name %j leads here may not',
    (host) => expect(code({}, { host })).toBe('FORBIDDEN'),
  );

  test.each(['https://evil.example', 'null', 'http://127.0.0.1@evil.example'])(
    'a page of %s that knows our address may not',
    (origin) => expect(code({}, { host: '127.0.0.1:4000', origin })).toBe('FORBIDDEN'),
  );

  test('the page of the server itself may, and one that CORS_ORIGINS lists', () => {
    const origin = 'https://app.example';
    expect(code({}, { host: 'localhost:4000', origin: 'http://localhost:4000' })).toBe('allowed: local');
    expect(code({ CORS_ORIGINS: origin }, { host: 'localhost:4000', origin })).toBe('allowed: local');
  });

  test('no caller may when other machines can reach the server', () => {
    for (const HOST of ['0.0.0.0', '::', '192.0.2.1', 'example.com', '::ffff:127.0.0.1.evil'])
      expect(code({ HOST }, { host: '127.0.0.1:4000' })).toBe('FORBIDDEN');
  });
});

describe('a token', () => {
  test.each([
    'secret',
    'x',
    'a1b2c3d4e5f6a7b8c9d',
    'my-password-for-this-server',
    'abababababababababababab',
    '0'.repeat(64),
  ])('%s is weak', (token) => expect(isWeak(token)).toBe(true));

  test('that openssl rand makes is not', () => {
    for (let i = 0; i < 1000; i++) {
      expect(isWeak(randomBytes(24).toString('hex'))).toBe(false);
    }
  });
});
