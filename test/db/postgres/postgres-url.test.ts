import { describe, expect, it } from 'vitest';
import { parsePostgresUrl } from '../../../src/db/url.js';
import { ConfigError } from '../../../src/errors.js';

describe('a PostgreSQL URL', () => {
  it('has all its parts decoded', () => {
    expect(
      parsePostgresUrl('postgres://us%40er:p%40ss%3A%2F%23%3F%25@db.example:25060/my%20db?sslmode=require'),
    ).toMatchObject({
      host: 'db.example',
      port: 25060,
      address: 'db.example:25060',
      user: 'us@er',
      password: 'p@ss:/#?%',
      database: 'my db',
      tlsMode: 'REQUIRED',
    });
  });

  it('may leave out port and TLS mode, name an IPv6 address, and begin with postgresql:', () => {
    expect(parsePostgresUrl('postgresql://user:pass@[2001:db8::1]/db')).toMatchObject({
      host: '2001:db8::1',
      port: 5432,
      address: '[2001:db8::1]:5432',
      tlsMode: undefined,
    });
  });

  it.each([
    ['sslmode=disable', 'DISABLED'],
    ['sslmode=verify-ca', 'VERIFY_CA'],
    ['sslmode=verify-full', 'VERIFY_IDENTITY'],
    ['ssl-mode=REQUIRED', 'REQUIRED'],
    ['sslmode=require&channel_binding=require', 'REQUIRED'],
    ['channel_binding=prefer', undefined],
  ])('takes the parameters %s', (parameters, tlsMode) => {
    expect(parsePostgresUrl(`postgres://user:pass@host/db?${parameters}`).tlsMode).toBe(tlsMode);
  });

  const form =
    'It must be postgres://USER:PASSWORD@HOST:PORT/DATABASE, with characters such as @ : / # ? % in the password percent-encoded (@ is %40)';
  const supported =
    'Supported are sslmode and channel_binding; for the pool use DATABASE_POOL_SIZE and DATABASE_MAX_OVERFLOW, for a CA file DATABASE_CA';

  it.each([
    ['postgres://user:secret@host', `"postgres://user:***@host" names no database. ${form}`],
    ['postgres://user:sec#ret@host/db', `"postgres://user:***@host/db" is not a valid URL. ${form}`],
    [
      'postgres://user:secret@a:5432,b/db',
      '"postgres://user:***@a:5432,b/db" names several hosts. Only mysql:// may: for PostgreSQL use one address that always leads to the primary server',
    ],
    ['postgres:///db', `"postgres:///db" names no host. ${form}`],
    [
      'postgres://user:secret@localhost/db?host=/run/postgresql',
      '"postgres://user:***@localhost/db?host=/run/postgresql" has the parameter host. Unix sockets are not supported: name the host and the port of the server, such as 127.0.0.1:5432',
    ],
    [
      'postgres://user:secret@host/db?sslmode=prefer',
      '"postgres://user:***@host/db?sslmode=prefer" has sslmode=prefer, but an attacker could turn its encryption off: use require, verify-ca, verify-full or disable',
    ],
    [
      'postgres://user:secret@host/db?sslmode=yes',
      '"postgres://user:***@host/db?sslmode=yes" has sslmode=yes, but allowed are disable, require, verify-ca, verify-full',
    ],
    [
      'postgres://user:secret@host/db?sslrootcert=ca.pem',
      `"postgres://user:***@host/db?sslrootcert=ca.pem" has the parameter sslrootcert, which is not supported. ${supported}`,
    ],
  ])('%s is refused, and shown without its password', (url, problem) => {
    expect(() => parsePostgresUrl(url)).toThrow(new ConfigError(`DATABASE_URL ${problem}`));
  });
});
