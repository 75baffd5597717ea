import { describe, expect, it } from 'vitest';
import { parseMysqlUrl } from '../../../src/db/url.js';
import { ConfigError } from '../../../src/errors.js';

describe('a MySQL URL', () => {
  it('has all its parts decoded', () => {
    expect(
      parseMysqlUrl('mysql://us%40er:p%40ss%3A%2F%23%3F%25@db.example:25060/my%20db?ssl-mode=REQUIRED'),
    ).toMatchObject([
      {
        host: 'db.example',
        port: 25060,
        address: 'db.example:25060',
        user: 'us@er',
        password: 'p@ss:/#?%',
        database: 'my db',
        tlsMode: 'REQUIRED',
      },
    ]);
  });

  it('may leave out port and TLS mode, name an IPv6 address, and begin with mariadb:', () => {
    expect(parseMysqlUrl('mariadb://user:pass@[2001:db8::1]/db')).toMatchObject([
      {
        host: '2001:db8::1',
        port: 3306,
        address: '[2001:db8::1]:3306',
        tlsMode: undefined,
      },
    ]);
  });

  it('may name several hosts, which share the rest', () => {
    const shared = { user: 'user', password: 'p,a@s', database: 'db', tlsMode: 'REQUIRED' };
    expect(
      parseMysqlUrl('mysql://user:p,a%40s@a,b.example:3307,[2001:db8::1]:3308/db?ssl-mode=REQUIRED'),
    ).toMatchObject([
      { ...shared, address: 'a:3306' },
      { ...shared, address: 'b.example:3307' },
      { ...shared, address: '[2001:db8::1]:3308' },
    ]);
    expect(parseMysqlUrl('mysql://a,b/db')).toMatchObject([{ host: 'a' }, { host: 'b' }]);
    expect(parseMysqlUrl('mysql://user:p,a@host/db')).toMatchObject([{ host: 'host', password: 'p,a' }]);
  });

  it.each([
    ['ssl-mode=VERIFY_CA', 'VERIFY_CA'],
    ['sslmode=verify-identity', 'VERIFY_IDENTITY'],
    ['ssl_mode=Disabled&charset=utf8mb4', 'DISABLED'],
    ['charset=UTF8MB4_UNICODE_CI', undefined],
  ])('takes the parameters %s', (parameters, tlsMode) => {
    expect(parseMysqlUrl(`mysql://user:pass@host/db?${parameters}`)).toMatchObject([{ tlsMode }]);
  });

  const form =
    'It must be mysql://USER:PASSWORD@HOST:PORT/DATABASE, with characters such as @ : / # ? % in the password percent-encoded (@ is %40)';
  const list = 'It must be HOST or HOST:PORT, then a comma, and so on';
  const noSocket = 'Unix sockets are not supported: name the host and the port of the server, such as 127.0.0.1:3306';
  const supported =
    'Supported are ssl-mode and charset=utf8mb4; for the pool use DATABASE_POOL_SIZE and DATABASE_MAX_OVERFLOW, for a CA file DATABASE_CA';

  it.each([
    ['mysql://user:secret@host', `"mysql://user:***@host" names no database. ${form}`],
    ['mysql://user:secret@host/', `"mysql://user:***@host/" names no database. ${form}`],
    ['mysql://user:sec#ret@host/db', `"mysql://user:***@host/db" is not a valid URL. ${form}`],
    ['mysql://user:sec%ret@host/db', `"mysql://user:***@host/db" has an invalid percent-encoding. ${form}`],
    ['mysql:///db', `"mysql:///db" names no host. ${form}`],
    [
      'mysql://user:secret@%2Frun%2Fmysqld.sock/db',
      `"mysql://user:***@%2Frun%2Fmysqld.sock/db" has the path of a socket for a host. ${noSocket}`,
    ],
    [
      'mysql://user:secret@localhost/db?socketPath=/run/mysqld.sock',
      `"mysql://user:***@localhost/db?socketPath=/run/mysqld.sock" has the parameter socketPath. ${noSocket}`,
    ],
    [
      'mysql://user:secret@host/db?ssl-mode=PREFERRED',
      '"mysql://user:***@host/db?ssl-mode=PREFERRED" has ssl-mode=PREFERRED, but an attacker could turn its encryption off: use REQUIRED, VERIFY_CA, VERIFY_IDENTITY or DISABLED',
    ],
    [
      'mysql://user:secret@host/db?ssl-mode=yes',
      '"mysql://user:***@host/db?ssl-mode=yes" has ssl-mode=yes, but allowed are DISABLED, REQUIRED, VERIFY_CA, VERIFY_IDENTITY',
    ],
    [
      'mysql://user:secret@host/db?connection_limit=5',
      `"mysql://user:***@host/db?connection_limit=5" has the parameter connection_limit, which is not supported. ${supported}`,
    ],
    [
      'mysql://user:secret@host/db?charset=latin1',
      `"mysql://user:***@host/db?charset=latin1" has the parameter charset, which is not supported. ${supported}`,
    ],
    ['mysql://user:secret@a,,b/db', `"mysql://user:***@a,,b/db" has "" in its list of hosts. ${list}`],
    ['mysql://user:secret@a,b,/db', `"mysql://user:***@a,b,/db" has "" in its list of hosts. ${list}`],
    ['mysql://user:secret@a, b/db', `"mysql://user:***@a, b/db" has " b" in its list of hosts. ${list}`],
    ['mysql://user:secret@a,b:x/db', `"mysql://user:***@a,b:x/db" has "b:x" in its list of hosts. ${list}`],
    ['mysql://user:secret@a,b:99999/db', `"mysql://user:***@a,b:99999/db" is not a valid URL. ${form}`],
    ['mysql://user:secret@a,b,a:3306/db', '"mysql://user:***@a,b,a:3306/db" names the host a:3306 twice'],
    ['mysql://user:secret@a,b', `"mysql://user:***@a,b" names no database. ${form}`],
  ])('%s is refused, and shown without its password', (url, problem) => {
    expect(() => parseMysqlUrl(url)).toThrow(new ConfigError(`DATABASE_URL ${problem}`));
  });
});
