import { describe, expect, it } from 'vitest';
import { withoutPassword } from '../../src/db/url.js';

describe('a database URL that is shown', () => {
  it.each([
    ['mysql://user:secret@host:3306/db', 'mysql://user:***@host:3306/db'],
    ['mysql://user@host:3306/db', 'mysql://user@host:3306/db'],
    ['mysql://host:3306/db', 'mysql://host:3306/db'],
    ['mysql://user:s@cret@host/db', 'mysql://user:***@host/db'],
    ['mysql://user:sec/ret#?@host/db', 'mysql://user:***@host/db'],
    ['mysql:user:secret@host/db', 'mysql:***@host/db'],
    ['mysql://user:secret@[::1]:3306/db', 'mysql://user:***@[::1]:3306/db'],
    ['mysql://host/db?user=u&password=secret&x=1', 'mysql://host/db?user=u&password=***&x=1'],
    ['sqlite:data/x.db', 'sqlite:data/x.db'],
  ])('%s becomes %s', (url, shown) => {
    expect(withoutPassword(url)).toBe(shown);
  });
});
